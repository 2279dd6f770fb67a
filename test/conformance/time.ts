/** Simulated time for two brokers: the clock moves only when a test says so, and every piece of work in between gets its turn. */
import type { SimulatedClock } from 'xstate';

/** Enough turns of the event loop for a record to be sealed, carried, opened, handled and answered several times over. */
const SETTLING_TURNS = 40;
const STEP_MS = 250;

/** Lets work that needs no clock finish. */
export async function turns(count: number = SETTLING_TURNS): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

/** Moves the clock on in small steps, so that what a timer starts can set timers of its own. */
export async function advance(clock: SimulatedClock, durationMs: number): Promise<void> {
  await turns();
  for (let left = durationMs; left > 0; left -= STEP_MS) {
    clock.increment(Math.min(STEP_MS, left));
    await turns(10);
  }
  await turns();
}

/** Moves the clock until the promise settles; gives up, and says so, after `limitMs`. */
export async function advanceUntil<T>(clock: SimulatedClock, promise: Promise<T>, limitMs = 120_000): Promise<T> {
  let isSettled = false;
  const noteSettled = (): void => {
    isSettled = true;
  };
  promise.then(noteSettled, noteSettled);
  await turns();
  for (let passed = 0; !isSettled && passed < limitMs; passed += STEP_MS) {
    clock.increment(STEP_MS);
    await turns(10);
  }
  if (!isSettled) throw new Error(`not settled within ${limitMs} ms of simulated time`);
  return promise;
}
