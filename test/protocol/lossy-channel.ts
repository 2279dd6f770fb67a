/** Two segment streams and the air between them, on simulated time: packets vanish, double and overtake each other as a seed says. */
import { createSegmentStream, type SegmentStream } from '../../src/protocol/segment-stream.js';

export interface ChannelOptions {
  readonly seed: number;
  readonly packetBytes: number;
  readonly window: number;
  /** Shares of all packets, from 0 to 1. */
  readonly loss: number;
  readonly doubling: number;
  /** A packet leaves every millisecond, and takes 10 ms and up to this much more: then packets overtake each other. */
  readonly jitterMs: number;
}

export interface ChannelOutcome {
  /** Records that arrived on each side, in order. */
  readonly arrived: readonly [Uint8Array[], Uint8Array[]];
  /** Packets that each side sent. */
  readonly sent: readonly [number, number];
}

interface Flight {
  readonly to: 0 | 1;
  readonly packet: Uint8Array;
  readonly arrivalMs: number;
}

/** Runs until both sides have nothing left to do. Throws what a stream throws, and RangeError when they never finish. */
export function exchange(records: readonly [Uint8Array[], Uint8Array[]], options: ChannelOptions): ChannelOutcome {
  const { packetBytes, window } = options;
  const ends = [0, 1].map(() => createSegmentStream({ packetBytes, window, maxRecordBytes: 65_535 }));
  const [left, right] = ends as [SegmentStream, SegmentStream]; // two were made
  const sides = [left, right] as const;
  const arrived: [Uint8Array[], Uint8Array[]] = [[], []];
  const sent: [number, number] = [0, 0];
  const random = createRandom(options.seed);
  let flights: Flight[] = [];
  const freeAtMs: [number, number] = [0, 0];
  let nowMs = 0;
  for (const side of [0, 1] as const) for (const record of records[side]) sides[side].push(record);
  for (let step = 0; !(left.isIdle() && right.isIdle() && flights.length === 0); step += 1) {
    if (step > 100_000) throw new RangeError('the streams never finish');
    for (const side of [0, 1] as const) {
      for (let packet = sides[side].nextPacket(nowMs); packet; packet = sides[side].nextPacket(nowMs)) {
        sent[side] += 1;
        flights.push(...fly(packet, side === 0 ? 1 : 0));
      }
    }
    const moments = [...flights.map(({ arrivalMs }) => arrivalMs), left.nextDeadlineMs(), right.nextDeadlineMs()];
    nowMs = Math.max(nowMs, Math.min(...moments.filter((moment) => moment !== undefined)));
    const landing = flights.filter(({ arrivalMs }) => arrivalMs <= nowMs).sort((a, b) => a.arrivalMs - b.arrivalMs);
    flights = flights.filter(({ arrivalMs }) => arrivalMs > nowMs);
    for (const { to, packet } of landing) arrived[to].push(...sides[to].receive(packet, nowMs));
  }
  return { arrived, sent };

  function fly(packet: Uint8Array, to: 0 | 1): Flight[] {
    const startMs = Math.max(nowMs, freeAtMs[to]);
    freeAtMs[to] = startMs + 1;
    if (random() < options.loss) return [];
    const copies = random() < options.doubling ? 2 : 1;
    return Array.from({ length: copies }, () => ({
      to,
      packet,
      arrivalMs: startMs + 10 + random() * options.jitterMs,
    }));
  }
}

/** Numbers from 0 to below 1. Source: the public-domain generator mulberry32. */
function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
