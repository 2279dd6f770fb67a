/** Drives pairs at any server: every sender keeps so many messages unanswered, every message must reach its receiver. */
import { answerParent } from '../harness/child.js';
import type { Address } from './address.js';
import { openPairs } from './pairs/open-pair.js';
import type { Payload, RelayPair } from './pairs/relay-pair.js';

export interface LoadParams {
  readonly address: Address;
  readonly pairs: number;
  readonly payload: Payload;
}

export interface LoadOrder {
  readonly messagesPerPair: number;
  readonly inFlight: number;
}

answerParent<LoadParams>(async ({ address, pairs, payload }) => {
  const opened = await openPairs(address, pairs, payload);
  let number = 0;
  return {
    /** Gives how long it took, in milliseconds. */
    async run(order: LoadOrder) {
      const startMs = performance.now();
      await Promise.all(opened.map((pair) => drive(pair, order, number)));
      number += order.messagesPerPair;
      return performance.now() - startMs;
    },
  };
});

/** Resolves when every message was answered and has arrived. */
function drive(pair: RelayPair, { messagesPerPair, inFlight }: LoadOrder, before: number): Promise<void> {
  return new Promise((resolve) => {
    let sent = 0;
    let answered = 0;
    let arrived = 0;

    function sendNext(): void {
      sent += 1;
      pair.send(before + sent);
    }

    function finishIfDone(): void {
      if (answered < messagesPerPair || arrived < messagesPerPair) return;
      stop();
      resolve();
    }

    const stop = pair.take(
      () => {
        answered += 1;
        if (sent < messagesPerPair) sendNext();
        finishIfDone();
      },
      () => {
        arrived += 1;
        finishIfDone();
      },
    );
    while (sent < Math.min(inFlight, messagesPerPair)) sendNext();
  });
}
