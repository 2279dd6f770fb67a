/** A pair over two WebSockets. */
import type { WebSocket } from 'ws';
import type { RelayPair } from './relay-pair.js';

export interface SocketPair {
  readonly sender: WebSocket;
  readonly receiver: WebSocket;
  /** The frame that sends one message; what a server echoes of it is `number`. */
  readonly frame: (number: number) => string | Uint8Array;
  readonly isAnswer: (data: Buffer) => boolean;
  readonly isArrival: (data: Buffer) => boolean;
}

export function pairOfSockets({ sender, receiver, frame, isAnswer, isArrival }: SocketPair): RelayPair {
  return {
    send: (number) => sender.send(frame(number)),
    take(onAnswer, onArrival) {
      const takeAnswer = (data: Buffer): void => (isAnswer(data) ? onAnswer() : refuse('an answer', data));
      const takeArrival = (data: Buffer): void => (isArrival(data) ? onArrival() : refuse('a message', data));
      sender.on('message', takeAnswer);
      receiver.on('message', takeArrival);
      return () => {
        sender.off('message', takeAnswer);
        receiver.off('message', takeArrival);
      };
    },
  };
}

function refuse(wanted: string, data: Buffer): never {
  throw new Error(`not ${wanted}: ${data.toString('utf8', 0, 200)}`);
}
