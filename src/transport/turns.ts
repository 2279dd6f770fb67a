/** Later turns for everything that must not happen at once. */

/** Rounds of microtasks in a row before the event loop gets a turn: two ends that chat for ever leave room for timers and sockets. */
const ROUNDS_PER_TURN = 64;

export interface Turns {
  /** Runs the callback after the present code, in the order of the calls. */
  later(callback: () => void): void;
}

export function createTurns(): Turns {
  let waiting: (() => void)[] = [];
  let rounds = 0;

  function later(callback: () => void): void {
    if (waiting.push(callback) > 1) return;
    rounds += 1;
    if (rounds % ROUNDS_PER_TURN === 0) {
      setImmediate(run);
    } else {
      queueMicrotask(run);
    }
  }

  function run(): void {
    const callbacks = waiting;
    waiting = [];
    for (const callback of callbacks) callback();
  }

  return { later };
}
