/** Measures contenders side by side: round by round and in turn, so that a busy minute of the machine meets all of them. */
import type { Contender, Figures } from './contender.js';

export type Start = () => Promise<Contender>;

export interface Terms {
  /** A new process for every round: for what is counted from an empty heap. There is no warm-up then. */
  readonly isFresh?: boolean;
  /** Rounds that do not count: the engine compiles what is hot. WARM_UP_ROUNDS if left out. */
  readonly warmUpRounds?: number;
}

/** The figures of every round by contender, in the order of the rounds. */
export type Series = Readonly<Record<string, readonly Figures[]>>;

const WARM_UP_ROUNDS = 3;

/** After the warm-up the order alternates: A B C, C B A, A B C … */
export function compare(sides: Readonly<Record<string, Start>>, rounds: number, terms: Terms = {}): Promise<Series> {
  if (!terms.isFresh) return compareLasting(sides, rounds, terms.warmUpRounds ?? WARM_UP_ROUNDS);
  return takeTurns(
    rounds,
    mapValues(sides, (start) => () => runOnce(start)),
  );
}

async function compareLasting(
  sides: Readonly<Record<string, Start>>,
  rounds: number,
  warmUpRounds: number,
): Promise<Series> {
  const contenders: Record<string, Contender> = {};
  try {
    for (const [name, start] of Object.entries(sides)) contenders[name] = await start();
    const turns = mapValues(contenders, (contender) => () => contender.round());
    await takeTurns(warmUpRounds, turns);
    return await takeTurns(rounds, turns);
  } finally {
    await Promise.all(Object.values(contenders).map((contender) => contender.close()));
  }
}

async function runOnce(start: Start): Promise<Figures> {
  const contender = await start();
  try {
    return await contender.round();
  } finally {
    await contender.close();
  }
}

async function takeTurns(rounds: number, turns: Readonly<Record<string, () => Promise<Figures>>>): Promise<Series> {
  const series = mapValues(turns, (): Figures[] => []);
  const inOrder = Object.entries(turns);
  for (let round = 0; round < rounds; round += 1) {
    for (const [name, turn] of round % 2 === 0 ? inOrder : inOrder.toReversed()) series[name]?.push(await turn());
  }
  return series;
}

function mapValues<From, To>(record: Readonly<Record<string, From>>, map: (value: From) => To): Record<string, To> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, map(value)]));
}
