/** Time as everything above the protocol sees it; XState's SimulatedClock fits, so tests run on simulated time. */
export interface Clock {
  /** Milliseconds since some fixed moment. */
  now(): number;
  setTimeout(callback: () => void, delayMs: number): unknown;
  // biome-ignore lint/suspicious/noExplicitAny: the handle is whatever setTimeout of the same clock returned, as in XState's Clock
  clearTimeout(handle: any): void;
}

/** Real, monotonic time. */
export const systemClock: Clock = {
  now: () => performance.now(),
  setTimeout: (callback, delayMs) => setTimeout(callback, delayMs),
  clearTimeout: (handle) => clearTimeout(handle),
};
