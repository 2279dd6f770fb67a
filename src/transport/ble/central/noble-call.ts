/** A call to noble that ends in any case: noble's own may never call back. Source: ble.md 6.1. */
import type { Clock } from '../../clock.js';
import { DialError } from '../../transport.js';

export interface NobleCallOptions {
  readonly clock: Clock;
  /** Aborted with a DialError when the connection is over, or nobody waits any more. */
  readonly signal: AbortSignal;
  /** For messages: 'it does not answer: <what>'. */
  readonly what: string;
  readonly timeoutMs: number;
}

/**
 * A request, or a few in a row, of a device that is connected. Far above ten connection events; ATT itself would wait 30 s.
 * Source: Core Specification, volume 3, part F, section 3.3.3.
 */
export const REQUEST_TIMEOUT_MS = 3_000;

/** Rejects with DialError: what the signal was aborted with, 'not-in-range' in time, 'busy' when noble refuses. */
export function callNoble<Value>(
  { clock, signal, what, timeoutMs }: NobleCallOptions,
  call: (settle: (error: Error | string | null | undefined, value: Value) => void) => void,
): Promise<Value> {
  return new Promise<Value>((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const timer = clock.setTimeout(() => fail(new DialError('not-in-range', `it does not answer: ${what}`)), timeoutMs);
    signal.addEventListener('abort', stop, { once: true });
    try {
      call((error, value) => {
        if (error) fail(refusal(what, error));
        else finish(() => resolve(value));
      });
    } catch (error) {
      fail(refusal(what, error));
    }

    function stop(): void {
      fail(signal.reason);
    }
    function fail(error: unknown): void {
      finish(() => reject(error));
    }
    /** Further answers change nothing: the promise is settled. */
    function finish(settle: () => void): void {
      clock.clearTimeout(timer);
      signal.removeEventListener('abort', stop);
      settle();
    }
  });
}

function refusal(what: string, cause: unknown): DialError {
  return new DialError('busy', `${what}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
}
