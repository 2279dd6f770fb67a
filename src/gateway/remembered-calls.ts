/** What came of the calls of one app that have an idempotency key, so that a repeated one is answered and not carried out again. */
import { crc32 } from 'node:zlib';
import { BrokerError } from '../protocol/errors.js';
import {
  MAX_REMEMBERED_BYTES,
  MAX_REMEMBERED_CALLS,
  REMEMBER_CALL_MS,
  REMEMBERED_CALL_COST_BYTES,
} from '../protocol/limits.js';
import type { Timers } from './timers.js';

export interface RememberedCalls {
  /**
   * Returns, throws, resolves or rejects as `run` does, or did when the call was made first. Throws BrokerError `idempotencyKeyReused` when
   * the key belongs to another call, and `tooManyInFlight` when all that could be forgotten still waits for its answer.
   */
  once(key: string, call: CallMark, run: () => unknown): unknown;
  /** Whether a call with this key is under way, or its answer is still known. */
  knows(key: string): boolean;
}

/** Tells calls apart that were given the same key by mistake: not by intent, so a checksum is enough. */
export interface CallMark {
  readonly method: string;
  readonly length: number;
  readonly checksum: number;
}

/** `body` is all that the call asks for beside its method. */
export function markCall(method: string, body: string | Uint8Array): CallMark {
  return { method, length: body.length, checksum: crc32(body) };
}

/** As markCall, for data that came in a binary frame. */
export function markData(sessionId: number, payload: Uint8Array): CallMark {
  return markCall(`sendData ${sessionId}`, payload);
}

interface Pending {
  readonly mark: CallMark;
  readonly promise: Promise<unknown>;
}

interface Answered {
  readonly mark: CallMark;
  readonly outcome: Outcome;
  readonly bytes: number;
  /** When it was answered last. */
  at: number;
}

type Outcome =
  | { readonly type: 'value'; readonly value: unknown }
  | { readonly type: 'error'; readonly error: unknown };

export function createRememberedCalls(timers: Pick<Timers, 'now'>): RememberedCalls {
  const pending = new Map<string, Pending>();
  /** In the order in which they were answered last, so that those a client may still ask for are forgotten last. */
  const answered = new Map<string, Answered>();
  let bytes = 0;

  function settle(key: string, mark: CallMark, outcome: Outcome): void {
    pending.delete(key);
    const call = { mark, outcome, bytes: costOf(key, outcome), at: timers.now() };
    answered.set(key, call);
    bytes += call.bytes;
    forgetOldest(call.at);
  }

  function forgetOldest(now: number): void {
    for (const [key, call] of answered) {
      const isKept = answered.size <= MAX_REMEMBERED_CALLS && bytes <= MAX_REMEMBERED_BYTES;
      if (isKept && call.at + REMEMBER_CALL_MS > now) return;
      answered.delete(key);
      bytes -= call.bytes;
    }
  }

  function begin(key: string, mark: CallMark, run: () => unknown): unknown {
    if (pending.size >= MAX_REMEMBERED_CALLS) throw new BrokerError('tooManyInFlight');
    let value: unknown;
    try {
      value = run();
    } catch (error) {
      // Wrong arguments: nothing was carried out.
      if (!(error instanceof BrokerError && error.kind === 'invalidParameter'))
        settle(key, mark, { type: 'error', error });
      throw error;
    }
    if (!(value instanceof Promise)) {
      settle(key, mark, { type: 'value', value });
      return value;
    }
    pending.set(key, { mark, promise: value });
    value.then(
      (result: unknown) => settle(key, mark, { type: 'value', value: result }),
      (error: unknown) => settle(key, mark, { type: 'error', error }),
    );
    return value;
  }

  function repeat(key: string, call: Answered): unknown {
    call.at = timers.now();
    answered.delete(key);
    answered.set(key, call);
    if (call.outcome.type === 'error') throw call.outcome.error;
    return call.outcome.value;
  }

  return {
    knows(key) {
      forgetOldest(timers.now());
      return pending.has(key) || answered.has(key);
    },
    once(key, mark, run) {
      forgetOldest(timers.now());
      const [waiting, past] = [pending.get(key), answered.get(key)];
      const known = waiting ?? past;
      if (known !== undefined && !isSame(known.mark, mark)) throw new BrokerError('idempotencyKeyReused');
      if (waiting !== undefined) return waiting.promise;
      return past === undefined ? begin(key, mark, run) : repeat(key, past);
    },
  };
}

function isSame(a: CallMark, b: CallMark): boolean {
  return a.method === b.method && a.length === b.length && a.checksum === b.checksum;
}

/** Texts count one byte a character: close enough for a bound. */
function costOf(key: string, outcome: Outcome): number {
  return REMEMBERED_CALL_COST_BYTES + key.length + lengthOf(outcome);
}

/** Answers are null, numbers, or a ConnectResult with its words. */
function lengthOf(outcome: Outcome): number {
  if (outcome.type === 'error') return outcome.error instanceof Error ? outcome.error.message.length : 0;
  return typeof outcome.value === 'object' && outcome.value !== null ? JSON.stringify(outcome.value).length : 0;
}
