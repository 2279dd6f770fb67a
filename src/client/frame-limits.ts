/**
 * What the gateway of one connection takes, as its `hello` says. For a longer frame it would close the connection, with all that it carries,
 * so the call fails before that is written.
 */
import { BrokerError } from '../protocol/errors.js';
import type { NotificationParams } from '../protocol/notified.js';
import { utf8Bytes } from '../protocol/shape.js';

/** A limit that a gateway does not tell is none that is known. */
type Limits = Partial<NotificationParams<'hello'>['limits']>;

export interface FrameLimits {
  /** Knows nothing before. */
  learn(limits: Limits): void;
  /** The gateway knows the token: from now on it takes more. */
  trust(): void;
  readonly appGraceMs: number;
  /** Whether one call more may wait for its answer, with data of so many bytes, beside so many calls. */
  hasRoom(calls: number, bytes: number): boolean;
  /** Throws BrokerError `invalidParameter`, with the size and the limit. */
  checkText(method: string, frame: string): void;
  /** The same for data of `bytes` in a binary frame of `frameBytes`; then counts it until `send` is settled. */
  holdData(bytes: number, frameBytes: number, send: () => Promise<void>): Promise<void>;
}

export function createFrameLimits(): FrameLimits {
  let limits: Limits = {};
  let isTrusted = false;
  let bytesInFlight = 0;

  function longestText(): number {
    const { strangerFrameBytes = NONE, textFrameBytes = NONE, binaryFrameBytes = NONE } = limits;
    return isTrusted ? Math.min(textFrameBytes, binaryFrameBytes) : strangerFrameBytes;
  }

  return {
    learn(told) {
      limits = told;
    },
    trust() {
      isTrusted = true;
    },
    get appGraceMs() {
      return limits.appGraceMs ?? 0;
    },
    hasRoom(calls, bytes) {
      const { callsInFlight = 1, callBytesInFlight = NONE } = limits;
      if (calls >= callsInFlight) return false;
      // What never has room is let through, to be refused.
      return bytesInFlight === 0 || bytesInFlight + bytes <= callBytesInFlight;
    },
    checkText(method, frame) {
      const mostBytes = longestText();
      // A unit of UTF-16 has three bytes of UTF-8 at most.
      if (frame.length * 3 <= mostBytes) return;
      const bytes = utf8Bytes(frame);
      if (bytes > mostBytes) throw tooLong(`${method}, as JSON,`, bytes, mostBytes);
    },
    async holdData(bytes, frameBytes, send) {
      const { binaryFrameBytes = NONE, callBytesInFlight = NONE } = limits;
      const mostBytes = Math.min(binaryFrameBytes - (frameBytes - bytes), callBytesInFlight);
      if (bytes > mostBytes) throw tooLong('data', bytes, mostBytes);
      bytesInFlight += bytes;
      try {
        await send();
      } finally {
        bytesInFlight -= bytes;
      }
    },
  };
}

const NONE = Number.POSITIVE_INFINITY;

function tooLong(what: string, bytes: number, mostBytes: number): BrokerError {
  const words = `${what} has ${bytes.toLocaleString('en')} bytes; this gateway takes ${mostBytes.toLocaleString('en')}.`;
  return new BrokerError('invalidParameter', words);
}
