import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { safeFileName } from '../../../src/main/transfer/file-name.js';
import { formatDuration, formatProgress, formatTook, showProgress } from '../../../src/main/transfer/progress.js';
import { readReceiverWords, readSenderWords, refused } from '../../../src/main/transfer/words.js';
import { MAX_MESSAGE_BYTES } from '../../../src/protocol/limits.js';
import { STEERING } from '../terminal/steering.js';

describe('the name of a file that another device chose', () => {
  it.each(['', '.', '..', '../a', 'a/b', '/etc/passwd', 'a\\b', 'a\0b', 'x'.repeat(256), ' '])('%j is none', (name) => {
    expect(safeFileName(name)).toBeUndefined();
  });

  it.each([
    ['photo.jpg', 'photo.jpg'],
    ['Küche 1.txt', 'Küche 1.txt'],
    ['.bashrc', '_bashrc'],
    ['...rc', '_rc'],
    ['-rf', '_rf'],
    ['~root', '_root'],
    ['a\nb\u202egpj', 'a_b_gpj'],
    ['C:a', 'C_a'],
  ])('%j is kept as %j', (name, kept) => {
    expect(safeFileName(name)).toBe(kept);
  });

  it('is never a path, never hidden, and steers no terminal', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (name) => {
        const kept = safeFileName(name);
        if (kept === undefined) return;
        expect(kept).not.toMatch(/[/\\\0]|^[.-]/);
        expect(kept).not.toMatch(STEERING);
        expect(kept).not.toBe('');
      }),
    );
  });
});

describe('what sender and receiver say', () => {
  it.each([
    '{"type":"offer","name":"a.txt","bytes":5}',
    '{"type":"offer","name":"stdin","bytes":null}',
    `{"type":"end","bytes":5,"sha256":"${'0'.repeat(64)}"}`,
  ])('%s is the sender', (text) => {
    expect(readSenderWords(text)).toEqual(JSON.parse(text));
    expect(readReceiverWords(text)).toBeUndefined();
  });

  it.each([
    '{"type":"ready"}',
    '{"type":"have","bytes":5}',
    '{"type":"kept","bytes":5}',
    '{"type":"refused","reason":"no"}',
  ])('%s is the receiver', (text) => {
    expect(readReceiverWords(text)).toEqual(JSON.parse(text));
    expect(readSenderWords(text)).toBeUndefined();
  });

  it.each([
    'hello',
    '{}',
    'null',
    '{"type":"toString"}',
    '{"type":"have","bytes":-1}',
    '{"type":"have","bytes":1.5}',
    '{"type":"ready","more":1}',
    '{"type":"offer","name":7,"bytes":null}',
    `{"type":"offer","name":"${'x'.repeat(256)}","bytes":1}`,
    '{"type":"end","bytes":5,"sha256":"short"}',
  ])('%s is nobody', (text) => {
    expect([readSenderWords(text), readReceiverWords(text)]).toEqual([undefined, undefined]);
  });

  it('fits a text, and can be read, whatever the reason is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 5_000 }), (reason) => {
        const text = JSON.stringify(refused(reason));
        expect(Buffer.byteLength(text)).toBeLessThanOrEqual(MAX_MESSAGE_BYTES);
        expect(readReceiverWords(text)).toMatchObject({ type: 'refused' });
      }),
    );
  });
});

describe('the progress of a transfer', () => {
  it('says how far it is, how fast, and how long it takes', () => {
    const state = { name: 'a.bin', bytes: 4_200_000, totalBytes: 10_000_000, bytesPerSecond: 1_100_000 };
    expect(formatProgress(state)).toBe('42 %  4.2 MB of 10 MB  1.1 MB/s  6 s left  a.bin');
    expect(formatProgress({ ...state, totalBytes: undefined })).toBe('4.2 MB  1.1 MB/s  a.bin');
    expect(formatProgress({ ...state, bytesPerSecond: 0 })).toBe('42 %  4.2 MB of 10 MB  0 B/s  a.bin');
    expect(formatProgress({ ...state, bytes: 0, totalBytes: 0 })).toBe('100 %  0 B of 0 B  1.1 MB/s  a.bin');
  });

  it.each([
    [0.4, '1 s', '0.4 s'],
    [59, '59 s', '59.0 s'],
    [125, '2 min 5 s', '2 min 5 s'],
    [4_800, '1 h 20 min', '1 h 20 min'],
  ])('%d s may take %s, or took %s', (seconds, left, took) => {
    expect(formatDuration(seconds)).toBe(left);
    expect(formatTook(seconds)).toBe(took);
  });

  it('has the rate of the last seconds, and falls when nothing comes', () => {
    let nowMs = 0;
    const shown: unknown[] = [];
    const progress = showProgress(
      { status: (line) => void shown.push(line) },
      { name: 'a', totalBytes: 100_000, now: () => nowMs },
    );
    for (nowMs = 1_000; nowMs <= 10_000; nowMs += 1_000) progress.update(nowMs);
    expect(shown.at(-1)).toBe('10 %  10 kB of 100 kB  1 kB/s  90 s left  a'.replace('90 s', '1 min 30 s'));
    nowMs = 20_000;
    progress.update(10_000);
    expect(String(shown.at(-1))).toMatch(/ [0-9.]+ B\/s {2}/);
    progress.end();
    expect(shown.at(-1)).toBeUndefined();
  });
});
