/** One thing at a time: noble mixes up connections that are opened together. Source: ble.md 6.1. */
import { DialError } from '../transport.js';

/** One turn at the radio, and what ends it early. */
export interface Attempt {
  /** Aborted with a DialError. */
  readonly signal: AbortSignal;
  abort(error: DialError): void;
  /** The next turn waits for this, too: what has to be cleared up. */
  hold(until: Promise<unknown>): void;
}

export interface ConnectQueue {
  /** Rejects with DialError: of `work`, or 'aborted' by the signal, at once if it was not its turn yet. */
  run<Result>(signal: AbortSignal, work: (attempt: Attempt) => Promise<Result>): Promise<Result>;
  /** Ends the turn that is under way, and those that wait. */
  abort(error: DialError): void;
  /** Resolves when no turn is under way. */
  idle(): Promise<void>;
}

export function createConnectQueue(): ConnectQueue {
  const open = new Set<AbortController>();
  let tail: Promise<unknown> = Promise.resolve();

  async function run<Result>(signal: AbortSignal, work: (attempt: Attempt) => Promise<Result>): Promise<Result> {
    const controller = new AbortController();
    const giveUp = (): void => controller.abort(new DialError('aborted', 'nobody waits for it any more'));
    if (signal.aborted) giveUp();
    signal.addEventListener('abort', giveUp, { once: true });
    open.add(controller);
    const holding: Promise<unknown>[] = [tail];
    const turn = untilAborted(tail, controller.signal).then(() =>
      work({
        signal: controller.signal,
        abort: (error) => controller.abort(error),
        hold: (until) => void holding.push(until),
      }),
    );
    tail = turn.catch(() => {}).then(() => Promise.allSettled(holding));
    try {
      return await turn;
    } finally {
      open.delete(controller);
      signal.removeEventListener('abort', giveUp);
    }
  }

  return {
    run,
    abort(error) {
      for (const controller of open) controller.abort(error);
    },
    idle: async () => void (await tail),
  };
}

/** Rejects with what the signal was aborted with. */
function untilAborted(until: Promise<unknown>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(signal.reason);
    if (signal.aborted) return stop();
    signal.addEventListener('abort', stop, { once: true });
    void until.then(() => {
      signal.removeEventListener('abort', stop);
      resolve();
    });
  });
}
