/** Simulated time: the clock moves only when a test says so, and all work in between gets its turn. */

/** XState's SimulatedClock, or what stands in front of one. */
export interface Increments {
  increment(ms: number): void;
}

const STEP_MS = 10;

/** Lets work that needs no clock finish: a turn of the event loop runs all microtasks, and a long chat takes a few turns. */
export async function turns(count = 5): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

/** Moves the clock in small steps, so that what one timer starts can set the next one. */
export async function advance(clock: Increments, durationMs: number): Promise<void> {
  await turns();
  for (let left = durationMs; left > 0; left -= STEP_MS) {
    clock.increment(Math.min(STEP_MS, left));
    await turns(2);
  }
  await turns();
}

/** Moves the clock until the promise settles; rejects after `limitMs` of simulated time. */
export async function advanceUntil<T>(clock: Increments, promise: Promise<T>, limitMs = 60_000): Promise<T> {
  let isSettled = false;
  const noteSettled = (): void => {
    isSettled = true;
  };
  promise.then(noteSettled, noteSettled);
  await turns();
  for (let passedMs = 0; !isSettled && passedMs < limitMs; passedMs += STEP_MS) {
    clock.increment(STEP_MS);
    await turns(2);
  }
  if (!isSettled) {
    throw new Error(`not settled within ${limitMs} ms of simulated time`);
  }
  return promise;
}
