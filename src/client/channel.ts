/** One WebSocket to the gateway, from dialling to its end: frames out, frames in, and one reason why it ended. */
import { adviceOf } from '../protocol/close-codes.js';
import { BrokerError } from '../protocol/errors.js';
import { GOODBYE_TIMEOUT_MS } from '../protocol/limits.js';
import { SUBPROTOCOL } from '../protocol/rpc.js';
import type { ClientClock } from './clock.js';
import { createOutcome, type Outcome } from './outcome.js';
import { reasonOfError, type WebSocketConstructor, type WebSocketLike } from './socket.js';

export interface Channel {
  /** Resolves once, with why it ended; `isRetryable` says whether another attempt may do better. */
  readonly ended: Promise<BrokerError>;
  /** Resolves when nothing of it is left running. */
  readonly gone: Promise<void>;
  /** Throws BrokerError `connectionLost` once the channel ended. */
  send(frame: string | Uint8Array<ArrayBuffer>): void;
  /** The first reason counts. No frame is read afterwards. */
  end(why: BrokerError): void;
}

export interface ChannelOptions {
  readonly url: string;
  readonly webSocket: WebSocketConstructor;
  readonly clock: ClientClock;
  onFrame(frame: string | ArrayBuffer): void;
}

/** Ends the app at once; with any other code the gateway keeps it for a while. */
const APP_ENDED = 1000;
const COMING_BACK = 4000;
/** It ended without a word. Source: RFC 6455, section 7.4.1. */
const ABNORMAL = 1006;

export function openChannel({ url, webSocket, clock, onFrame }: ChannelOptions): Channel {
  const socket = new webSocket(url, [SUBPROTOCOL]);
  socket.binaryType = 'arraybuffer';
  const ended = createOutcome<BrokerError>();
  const gone = createOutcome<void>();
  let isOver = false;
  let hasHeard = false;
  let failure = '';

  function end(why: BrokerError): void {
    if (isOver) return;
    isOver = true;
    ended.settle(why);
    sayGoodbye(socket, why.kind === 'clientClosed' ? APP_ENDED : COMING_BACK, clock, gone);
  }

  function endFor(code: number, reason: string): void {
    gone.settle();
    end(whyClosed(code, reason || failure, hasHeard));
  }

  socket.addEventListener('message', ({ data }) => {
    hasHeard = true;
    if (!isOver && (typeof data === 'string' || data instanceof ArrayBuffer)) onFrame(data);
  });
  socket.addEventListener('error', (event) => {
    failure = reasonOfError(event);
    // Where no connection was made, Node 22 leaves it at that: no 'close' follows.
    if (!hasHeard) endFor(ABNORMAL, '');
  });
  socket.addEventListener('close', ({ code, reason }) => endFor(code, reason));

  return {
    ended: ended.promise,
    gone: gone.promise,
    end,
    send(frame) {
      if (isOver) throw new BrokerError('connectionLost');
      socket.send(frame);
    },
  };
}

/** Closes politely; a gateway that does not answer is not waited for. */
function sayGoodbye(socket: WebSocketLike, code: number, clock: ClientClock, gone: Outcome<void>): void {
  socket.close(code);
  const timer = clock.setTimeout(() => {
    socket.terminate?.();
    gone.settle();
  }, GOODBYE_TIMEOUT_MS);
  void gone.promise.then(() => clock.clearTimeout(timer));
}

function whyClosed(code: number, reason: string, hasHeard: boolean): BrokerError {
  const detail = reason === '' ? `Close code ${code}.` : `Close code ${code}: ${reason}`;
  if (adviceOf(code) !== 'retry') return new BrokerError('connectionRefused', detail);
  return new BrokerError(hasHeard ? 'connectionLost' : 'gatewayUnreachable', detail);
}
