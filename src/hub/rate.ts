import type { HubTimers } from './timers.js';

/** Takes `burst` at once and `perSecond` in the long run: false means "too many". */
export function createRate(timers: HubTimers, burst: number, perSecond: number): () => boolean {
  let left = burst;
  let atMs = timers.now();
  return () => {
    const nowMs = timers.now();
    left = Math.min(burst, left + ((nowMs - atMs) * perSecond) / 1_000);
    atMs = nowMs;
    if (left < 1) return false;
    left -= 1;
    return true;
  };
}
