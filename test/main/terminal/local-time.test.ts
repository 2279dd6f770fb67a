import { describe, expect, it, vi } from 'vitest';
import { count } from '../../../src/main/terminal/count.js';
import { formatDateTime, formatMinute, formatTime } from '../../../src/main/terminal/local-time.js';

const MOMENT_MS = Date.UTC(2026, 10, 25, 23, 30, 5, 120);

describe('a time for people', () => {
  it.each([
    ['UTC', '2026-11-25 23:30:05+00:00'],
    ['Europe/Berlin', '2026-11-26 00:30:05+01:00'],
    ['Asia/Kolkata', '2026-11-26 05:00:05+05:30'],
    ['America/St_Johns', '2026-11-25 20:00:05-03:30'],
  ])('in %s is %s', (zone, words) => {
    vi.stubEnv('TZ', zone);
    expect(formatDateTime(MOMENT_MS)).toBe(words);
    expect(formatTime(MOMENT_MS)).toBe(`${words.slice(11, 19)}.120${words.slice(19)}`);
    expect(formatMinute(MOMENT_MS)).toBe(`${words.slice(0, 16)}${words.slice(19)}`);
    vi.unstubAllEnvs();
  });
});

describe('a number of things', () => {
  it.each([
    [0, '0 texts'],
    [1, '1 text'],
    [1_000, '1,000 texts'],
  ])('%d', (number, words) => {
    expect(count(number, 'text')).toBe(words);
  });
});
