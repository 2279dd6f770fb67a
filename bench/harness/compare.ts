/** Measures two contenders side by side: round by round and in turn, so that a busy minute of the machine meets both. */
import type { Contender, Figures } from './contender.js';

export interface Contest {
  readonly ours: () => Promise<Contender>;
  readonly peer: () => Promise<Contender>;
  /** A new process for every round: for what is counted from an empty heap. There is no warm-up then. */
  readonly isFresh?: boolean;
}

/** The figures of every round, in the order of the rounds. */
export interface Series {
  readonly ours: readonly Figures[];
  readonly peer: readonly Figures[];
}

/** Rounds that do not count: the engine compiles what is hot. */
const WARM_UP_ROUNDS = 3;

/** After the warm-up the order alternates: A B, B A, A B … */
export async function compare(contest: Contest, rounds: number): Promise<Series> {
  return contest.isFresh ? compareFresh(contest, rounds) : compareLasting(contest, rounds);
}

async function compareLasting(contest: Contest, rounds: number): Promise<Series> {
  const ours = await contest.ours();
  const peer = await contest.peer();
  try {
    const sides = { ours: () => ours.round(), peer: () => peer.round() };
    await takeTurns(WARM_UP_ROUNDS, sides);
    return await takeTurns(rounds, sides);
  } finally {
    await Promise.all([ours.close(), peer.close()]);
  }
}

function compareFresh(contest: Contest, rounds: number): Promise<Series> {
  return takeTurns(rounds, { ours: () => runOnce(contest.ours), peer: () => runOnce(contest.peer) });
}

async function runOnce(start: () => Promise<Contender>): Promise<Figures> {
  const contender = await start();
  try {
    return await contender.round();
  } finally {
    await contender.close();
  }
}

async function takeTurns(
  rounds: number,
  sides: Readonly<Record<keyof Series, () => Promise<Figures>>>,
): Promise<Series> {
  const series = { ours: [] as Figures[], peer: [] as Figures[] }; // empty lists have no type of their own
  for (let round = 0; round < rounds; round += 1) {
    const order = round % 2 === 0 ? (['ours', 'peer'] as const) : (['peer', 'ours'] as const);
    for (const side of order) series[side].push(await sides[side]());
  }
  return series;
}
