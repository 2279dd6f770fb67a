/** What a bad radio does to packets, decided by a seeded generator so that a failing run can be repeated. */

export interface Faults {
  /** Shortest and longest time a packet takes, in milliseconds. */
  readonly delayMs: readonly [shortest: number, longest: number];
  /** Share of the packets that vanish, 0 to 1. */
  readonly lossRate: number;
  /** Share of the packets that arrive twice. */
  readonly duplicateRate: number;
  /** Share of the packets that later ones overtake. */
  readonly reorderRate: number;
  /** Packets under way in one direction of a link before `write` refuses more. */
  readonly capacityPackets: number;
}

/** Everything arrives, in the next turn. The capacity is twice the segment window: the window paces, not the radio. */
export const noFaults: Faults = {
  delayMs: [0, 0],
  lossRate: 0,
  duplicateRate: 0,
  reorderRate: 0,
  capacityPackets: 128,
};

/** How much longer an overtaken packet takes, in milliseconds: about one connection interval. */
const OVERTAKEN_MS = 30;

/** What happens to one packet. */
export interface Fate {
  readonly copies: 0 | 1 | 2;
  readonly delayMs: number;
  /** Packets written later may arrive first. */
  readonly isOvertaken: boolean;
}

export const arrives: Fate = { copies: 1, delayMs: 0, isOvertaken: false };
export const vanishes: Fate = { copies: 0, delayMs: 0, isOvertaken: false };

/** The same seed and packets give the same fates. */
export function createFates(seed: number): (faults: Faults) => Fate {
  const random = createRandom(seed);

  return (faults) => {
    if (faults === noFaults) return arrives;
    if (random() < faults.lossRate) return vanishes;
    const isOvertaken = random() < faults.reorderRate;
    const [shortest, longest] = faults.delayMs;
    return {
      copies: random() < faults.duplicateRate ? 2 : 1,
      delayMs: shortest + random() * (longest - shortest) + (isOvertaken ? OVERTAKEN_MS : 0),
      isOvertaken,
    };
  };
}

/** Numbers from 0 to below 1. Source: mulberry32 by Tommy Ettinger, public domain; good enough for faults, not for secrets. */
function createRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b_79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
