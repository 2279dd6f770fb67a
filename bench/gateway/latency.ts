/** Sends at a fixed rate, and says how long each message took to arrive. */
import { answerParent } from '../harness/child.js';
import { type RateOrder, runAtRate } from './fixed-rate.js';
import type { LoadParams } from './load.js';
import { openPairs } from './pairs/open-pair.js';

answerParent<LoadParams>(async ({ address, pairs, payload }) => {
  const opened = await openPairs(address, pairs, payload);
  return { run: (order: RateOrder) => runAtRate(opened, order) };
});
