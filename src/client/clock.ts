/** Time as the client sees it; tests give a simulated one. */
export interface ClientClock {
  /** Milliseconds since some fixed moment. */
  now(): number;
  setTimeout(callback: () => void, delayMs: number): unknown;
  // biome-ignore lint/suspicious/noExplicitAny: the handle is whatever setTimeout of the same clock returned
  clearTimeout(handle: any): void;
}

export const systemClock: ClientClock = {
  now: () => performance.now(),
  setTimeout: (callback, delayMs) => setTimeout(callback, delayMs),
  clearTimeout: (handle) => clearTimeout(handle),
};
