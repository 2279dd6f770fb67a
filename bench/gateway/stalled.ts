/** Others' latency while one observer does not read what it asked for. */
import { answerParent } from '../harness/child.js';
import { type RateOrder, runAtRate } from './fixed-rate.js';
import { openObservers } from './pairs/observers.js';
import { openPairs } from './pairs/open-pair.js';
import type { Payload } from './pairs/relay-pair.js';
import type { TandemAddress } from './servers/tandem-server.js';

export interface StalledParams {
  readonly address: TandemAddress;
  readonly pairs: number;
  readonly payload: Payload;
  /** False: the observer reads like everybody else, and all the rest is the same. */
  readonly isStalled: boolean;
}

/** Events that the observer is told during a round: more than a socket's buffers hold. */
const EVENTS = 4_000;

answerParent<StalledParams>(async ({ address, pairs, payload, isStalled }) => {
  const opened = await openPairs(address, pairs, payload);
  return {
    async run(order: RateOrder) {
      const { sockets, cause } = await openObservers(address, 1);
      if (isStalled) for (const socket of sockets) socket.pause();
      const storm = (async () => {
        for (let event = 0; event < EVENTS; event += 1) await cause();
      })();
      const figures = await runAtRate(opened, order);
      await storm;
      for (const socket of sockets) socket.terminate();
      return figures;
    },
  };
});
