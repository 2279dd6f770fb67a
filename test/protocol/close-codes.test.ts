import { describe, expect, it } from 'vitest';
import { adviceOf, CLOSE_CODES } from '../../src/protocol/close-codes.js';

describe('close codes', () => {
  it('of ours are in the range of what they advise, each its own, with a reason that fits the frame', () => {
    const rows = Object.values(CLOSE_CODES);
    expect(new Set(rows.map(({ code }) => code)).size).toBe(rows.length);
    for (const { code, reason } of rows) {
      expect(code).toBeGreaterThanOrEqual(4000);
      expect(code).toBeLessThanOrEqual(4999);
      expect(Buffer.byteLength(reason)).toBeLessThanOrEqual(123);
      expect(adviceOf(code)).toBe(code < 4500 ? 'retry' : 'giveUp');
    }
  });

  it.each([
    [1000, 'ended'],
    [1001, 'retry'],
    [1005, 'retry'],
    [1006, 'retry'],
    [1011, 'retry'],
    [1012, 'retry'],
    [1002, 'giveUp'],
    [1007, 'giveUp'],
    [1009, 'giveUp'],
    [4000, 'retry'],
    [4499, 'retry'],
    [4500, 'giveUp'],
    [4999, 'giveUp'],
  ])('%d advises: %s', (code, advice) => {
    expect(adviceOf(code)).toBe(advice);
  });
});
