/** Time as the hub needs it; XState's SimulatedClock fits, so tests run on simulated time. */
export interface HubTimers {
  /** Milliseconds since some fixed moment. */
  now(): number;
  setTimeout(callback: () => void, delayMs: number): unknown;
  // biome-ignore lint/suspicious/noExplicitAny: the handle is whatever setTimeout of the same object returned
  clearTimeout(handle: any): void;
}

/** Real, monotonic time. */
export const systemTimers: HubTimers = {
  now: () => performance.now(),
  setTimeout: (callback, delayMs) => setTimeout(callback, delayMs),
  clearTimeout: (handle) => clearTimeout(handle),
};

/** Calls `action` again and again until the returned function is called. */
export function repeat(timers: HubTimers, everyMs: number, action: () => void): () => void {
  let handle = timers.setTimeout(tick, everyMs);
  function tick(): void {
    handle = timers.setTimeout(tick, everyMs);
    action();
  }
  return () => timers.clearTimeout(handle);
}
