/** Time as the client sees it; tests give a simulated one. */
export interface ClientClock {
  /** Milliseconds since some fixed moment. */
  now(): number;
  setTimeout(callback: () => void, delayMs: number): unknown;
  // biome-ignore lint/suspicious/noExplicitAny: the handle is whatever setTimeout of the same clock returned
  clearTimeout(handle: any): void;
}

/** Calls back after `delayMs`; for Infinity, or more than timers can do, never. Returns how to stop. */
export function startTimer(clock: ClientClock, delayMs: number, callback: () => void): () => void {
  if (delayMs > LONGEST_TIMER_MS) return () => {};
  const timer = clock.setTimeout(callback, delayMs);
  return () => clock.clearTimeout(timer);
}

/** 24 days: a longer delay fires at once. Source: HTML standard, timers. */
const LONGEST_TIMER_MS = 0x7fff_ffff;

export const systemClock: ClientClock = {
  now: () => performance.now(),
  setTimeout: (callback, delayMs) => setTimeout(callback, delayMs),
  clearTimeout: (handle) => clearTimeout(handle),
};
