/** Time as the gateway needs it; XState's SimulatedClock fits, so tests run on simulated time. */
export interface Timers {
  /** Milliseconds since some fixed moment. */
  now(): number;
  setTimeout(callback: () => void, delayMs: number): unknown;
  // biome-ignore lint/suspicious/noExplicitAny: the handle is whatever setTimeout of the same object returned
  clearTimeout(handle: any): void;
}

/** Real, monotonic time. */
export const systemTimers: Timers = {
  now: () => performance.now(),
  setTimeout: (callback, delayMs) => setTimeout(callback, delayMs),
  clearTimeout: (handle) => clearTimeout(handle),
};
