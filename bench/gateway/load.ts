/** Drives either server: every sender keeps so many texts unanswered, every text must reach its receiver. */
import { answerParent } from '../harness/child.js';
import type { BareAddress } from './bare-server.js';
import { type LoadPair, openLoadPair } from './pairs.js';
import type { TandemAddress } from './tandem-server.js';

export interface LoadParams {
  readonly address: TandemAddress | BareAddress;
  readonly pairs: number;
}

export interface LoadOrder {
  readonly messagesPerPair: number;
  readonly inFlight: number;
}

answerParent<LoadParams>(async ({ address, pairs }) => {
  const opened: LoadPair[] = [];
  while (opened.length < pairs) opened.push(await openLoadPair(address, opened.length));
  return {
    async run(order: LoadOrder) {
      const startMs = performance.now();
      await Promise.all(opened.map((pair) => drive(pair, order)));
      return performance.now() - startMs;
    },
  };
});

/** Resolves when every text was answered and has arrived. */
function drive({ sender, receiver, frame }: LoadPair, { messagesPerPair, inFlight }: LoadOrder): Promise<void> {
  return new Promise((resolve, reject) => {
    let sent = 0;
    let answered = 0;
    let arrived = 0;

    function sendNext(): void {
      sent += 1;
      sender.send(frame(sent));
    }

    function finishIfDone(): void {
      if (answered < messagesPerPair || arrived < messagesPerPair) return;
      sender.off('message', onAnswer);
      receiver.off('message', onArrival);
      resolve();
    }

    function onAnswer(data: Buffer): void {
      if (!data.includes('"result"')) return reject(new Error(`not an answer: ${data.toString()}`));
      answered += 1;
      if (sent < messagesPerPair) sendNext();
      finishIfDone();
    }

    function onArrival(data: Buffer): void {
      if (!data.includes('"msg":"xxxx')) return reject(new Error(`not a message: ${data.toString()}`));
      arrived += 1;
      finishIfDone();
    }

    sender.on('message', onAnswer);
    receiver.on('message', onArrival);
    while (sent < inFlight) sendNext();
  });
}
