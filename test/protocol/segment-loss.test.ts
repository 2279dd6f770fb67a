import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ACKNOWLEDGE_DELAY_MS } from '../../src/protocol/limits.js';
import { type ChannelOptions, exchange } from './lossy-channel.js';

const PACKET_BYTES = 20;
const sound: ChannelOptions = { seed: 1, packetBytes: PACKET_BYTES, window: 64, loss: 0, doubling: 0, jitterMs: 0 };

/** A segment is given up after eight losses in a row: at these shares that does not happen in the life of this project. */
const channels = fc.record({
  seed: fc.integer(),
  packetBytes: fc.constantFrom(PACKET_BYTES, 100, 244),
  window: fc.constantFrom(1, 2, 16, 64),
  loss: fc.constantFrom(0, 0.01, 0.05),
  doubling: fc.constantFrom(0, 0.1, 0.5),
  jitterMs: fc.constantFrom(0, 1, 30),
});
const records = fc.array(fc.uint8Array({ minLength: 1, maxLength: 700 }), { maxLength: 25 });

describe('records over a bad channel', () => {
  it('arrive once and in order, in both directions', () => {
    fc.assert(
      fc.property(records, records, channels, (fromLeft, fromRight, channel) => {
        expect(exchange([fromLeft, fromRight], channel).arrived).toEqual([fromRight, fromLeft]);
      }),
    );
  });

  it('arrive once and in order when the sequence wraps around, many times', () => {
    const many = Array.from({ length: 600 }, (_, index) => new Uint8Array(1 + (index % 300)).fill(index));
    const segments = many.reduce((sum, { length }) => sum + Math.ceil(length / (PACKET_BYTES - 3)), 0);
    expect(segments).toBeGreaterThan(2 * 2 ** 11);
    const channel = { ...sound, loss: 0.02, doubling: 0.05, jitterMs: 3 };
    expect(exchange([many, many.slice(0, 10)], channel).arrived).toEqual([many.slice(0, 10), many]);
  });
});

describe('records over a sound channel', () => {
  it('cost no packet twice, and few that only acknowledge', () => {
    const record = new Uint8Array(65_000).fill(7);
    const { arrived, sent } = exchange([[record], []], { ...sound, packetBytes: 244 });
    const segments = Math.ceil(record.length / 241);
    expect(arrived).toEqual([[], [record]]);
    expect(sent[0]).toBe(segments);
    // One acknowledgement for each delay: packets leave a millisecond apart.
    expect(sent[1]).toBeLessThanOrEqual(Math.ceil(segments / ACKNOWLEDGE_DELAY_MS));
  });
});
