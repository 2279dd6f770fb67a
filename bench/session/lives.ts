/** Sessions that come and go: the price of opening one, of one whole life among many others, and of the memory it lives in. */
import { unreachable } from '../../src/protocol/unreachable.js';
import { answerParent } from '../harness/child.js';
import { type Figures, measure } from '../harness/contender.js';
import { heapBytes } from './heap-bytes.js';
import { createStage, destroyPair, openPairs, type Pair, type Stage } from './stage.js';

export interface LivesParams {
  readonly task: 'open' | 'life' | 'heap';
  readonly isSealed: boolean;
  /** Sessions per round; both ends live in this process, and both are counted. */
  readonly sessions: number;
  /** Connected sessions that are there all the time, both ends counted. */
  readonly live: number;
}

answerParent<LivesParams>(async ({ task, isSealed, sessions, live }) => {
  const stage = await createStage({ isSealed });
  await openPairs(stage, live / 2);
  return { round: () => runRound(stage, task, sessions / 2) };
});

function runRound(stage: Stage, task: LivesParams['task'], pairs: number): Promise<Figures> {
  switch (task) {
    case 'open':
      return measureOpening(stage, pairs);
    case 'life':
      return measure(2 * pairs, () => liveAndDie(stage, pairs));
    case 'heap':
      return measureHeap(stage, pairs);
    default:
      return unreachable(task);
  }
}

async function measureOpening(stage: Stage, count: number): Promise<Figures> {
  const pairs: Pair[] = [];
  const figures = await measure(2 * count, async () => {
    pairs.push(...(await openPairs(stage, count)));
  });
  for (const pair of pairs) destroyPair(stage, pair);
  return figures;
}

async function liveAndDie(stage: Stage, count: number): Promise<void> {
  for (let lived = 0; lived < count; lived += 1) destroyPair(stage, await stage.openPair());
}

async function measureHeap(stage: Stage, count: number): Promise<Figures> {
  const before = await heapBytes();
  const pairs = await openPairs(stage, count);
  const bytes = (await heapBytes()) - before;
  return { bytesEach: bytes / (2 * pairs.length) };
}
