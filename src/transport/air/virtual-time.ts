/** Time that passes only while there is nothing else to do: what takes a radio a minute takes a machine what it computes. */
import type { Observable, Subscription } from 'rxjs';
import type { Clock } from '../clock.js';

/**
 * Turns of the event loop without activity after which nothing is left to do at this moment. What a host does with a packet may take a few
 * turns; that it waits for the real clock, a file or another process is not noticed.
 */
const QUIET_TURNS = 12;

export interface VirtualTime {
  /** For the air, and for everything that should live in its time. Stands still unless `run` is under way. */
  readonly clock: Clock;
  /** Lets time pass until the promise settles, and gives what it gives. `activity$`: `air.trace$` of the airs on this clock. */
  run<T>(promise: Promise<T>, activity$?: Observable<unknown>): Promise<T>;
}

interface Timer {
  readonly dueMs: number;
  readonly callback: () => void;
}

export function createVirtualTime(): VirtualTime {
  /** Sorted by time, and by the order in which they were set. */
  const timers: Timer[] = [];
  let nowMs = 0;
  let quietTurns = 0;
  const noteActivity = (): void => {
    quietTurns = 0;
  };

  const clock: Clock = {
    now: () => nowMs,
    setTimeout: (callback, delayMs) => {
      noteActivity();
      const timer = { dueMs: nowMs + Math.max(0, delayMs), callback };
      const later = timers.findLastIndex(({ dueMs }) => dueMs <= timer.dueMs) + 1;
      timers.splice(later, 0, timer);
      return timer;
    },
    clearTimeout: (handle) => {
      const index = timers.indexOf(handle);
      if (index >= 0) timers.splice(index, 1);
    },
  };

  const jump = (): void => {
    const next = timers.shift();
    if (next === undefined) return;
    nowMs = next.dueMs;
    noteActivity();
    next.callback();
  };

  return {
    clock,
    run: async (promise, activity$) => {
      const subscription: Subscription | undefined = activity$?.subscribe(noteActivity);
      let isSettled = false;
      const noteSettled = (): void => {
        isSettled = true;
      };
      promise.then(noteSettled, noteSettled);
      while (!isSettled) {
        await new Promise<void>((resolve) => setImmediate(resolve));
        quietTurns += 1;
        if (quietTurns > QUIET_TURNS && !isSettled) jump();
      }
      subscription?.unsubscribe();
      return promise;
    },
  };
}
