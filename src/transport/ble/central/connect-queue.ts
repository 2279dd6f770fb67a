/** One thing at a time: noble mixes up connections that are opened together. Source: ble.md 6.1. */
import { DialError } from '../../transport.js';

/** One turn at the radio, and what ends it early. */
export interface Attempt {
  /** Aborted with a DialError. */
  readonly signal: AbortSignal;
  abort(error: DialError): void;
  /** The next turn waits for this, too: what has to be cleared up. */
  hold(until: Promise<unknown>): void;
}

export interface ConnectQueue {
  /**
   * Rejects with DialError: of `work`, or 'aborted' by the signal, at once if it was not its turn yet. `isPatient` is asked when a turn is
   * given: whether all others go first. Default: none do.
   */
  run<Result>(
    signal: AbortSignal,
    work: (attempt: Attempt) => Promise<Result>,
    isPatient?: () => boolean,
  ): Promise<Result>;
  /** Ends the turn that is under way, and those that wait. */
  abort(error: DialError): void;
  /** Resolves when no turn is under way. */
  idle(): Promise<void>;
}

export function createConnectQueue(): ConnectQueue {
  const open = new Set<AbortController>();
  const turns = createTurns();

  async function run<Result>(
    signal: AbortSignal,
    work: (attempt: Attempt) => Promise<Result>,
    isPatient = () => false,
  ): Promise<Result> {
    const controller = new AbortController();
    const giveUp = (): void => controller.abort(new DialError('aborted', 'nobody waits for it any more'));
    if (signal.aborted) giveUp();
    signal.addEventListener('abort', giveUp, { once: true });
    open.add(controller);
    try {
      await turns.take(controller.signal, isPatient);
      return await inTurn(controller, work, turns.end);
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
    idle: turns.idle,
  };
}

async function inTurn<Result>(
  controller: AbortController,
  work: (attempt: Attempt) => Promise<Result>,
  onOver: () => void,
): Promise<Result> {
  const holding: Promise<unknown>[] = [];
  try {
    controller.signal.throwIfAborted();
    return await work({
      signal: controller.signal,
      abort: (error) => controller.abort(error),
      hold: (until) => void holding.push(until),
    });
  } finally {
    void Promise.allSettled(holding).then(onOver);
  }
}

interface Turns {
  /** Resolves when it is one's turn; rejects with what the signal was aborted with. */
  take(signal: AbortSignal, isPatient: () => boolean): Promise<void>;
  end(): void;
  idle(): Promise<void>;
}

function createTurns(): Turns {
  const waiting = new Set<{ readonly isPatient: () => boolean; readonly begin: () => void }>();
  let isTaken = false;
  const idlers: (() => void)[] = [];

  function give(): void {
    const [first] = waiting;
    const next = [...waiting].find(({ isPatient }) => !isPatient()) ?? first;
    isTaken = next !== undefined;
    if (next !== undefined) next.begin();
    else for (const resolve of idlers.splice(0)) resolve();
  }

  return {
    take: (signal, isPatient) =>
      new Promise((resolve, reject) => {
        if (signal.aborted) return reject(signal.reason);
        const leave = (): void => {
          waiting.delete(waiter);
          reject(signal.reason);
        };
        const begin = (): void => {
          waiting.delete(waiter);
          signal.removeEventListener('abort', leave);
          resolve();
        };
        const waiter = { isPatient, begin };
        signal.addEventListener('abort', leave, { once: true });
        waiting.add(waiter);
        if (!isTaken) give();
      }),
    end: give,
    async idle() {
      if (isTaken) await new Promise<void>((resolve) => void idlers.push(resolve));
    },
  };
}
