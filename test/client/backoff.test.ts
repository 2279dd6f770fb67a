import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { reconnectDelay } from '../../src/client/backoff.js';
import { RECONNECT_FIRST_MS, RECONNECT_LONGEST_MS } from '../../src/protocol/client-limits.js';

describe('backoff', () => {
  it('doubles with every failure, up to the longest pause', () => {
    const longest = Array.from({ length: 9 }, (_, index) => reconnectDelay(index + 1, 1));
    expect(longest).toEqual([250, 500, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000, 15_000]);
  });

  it('is never shorter than half of it: a gateway that comes back is not stormed', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 10_000 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (failures, random) => {
          const delayMs = reconnectDelay(failures, random);
          expect(delayMs).toBeGreaterThanOrEqual(RECONNECT_FIRST_MS / 2);
          expect(delayMs).toBeGreaterThanOrEqual(reconnectDelay(failures, 1) / 2);
          expect(delayMs).toBeLessThanOrEqual(RECONNECT_LONGEST_MS);
        },
      ),
    );
  });

  it('differs between clients', () => {
    expect(reconnectDelay(3, 0.1)).not.toBe(reconnectDelay(3, 0.9));
  });
});
