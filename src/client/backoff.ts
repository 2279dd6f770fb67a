import { RECONNECT_FIRST_MS, RECONNECT_LONGEST_MS } from '../protocol/client-limits.js';

/**
 * The pause before the next attempt, in milliseconds: doubling with every failure (from 1), at random between half of it and all, so that
 * clients which lost the same gateway do not come back in one moment. `random` is from 0 to below 1.
 */
export function reconnectDelay(failures: number, random: number): number {
  const longest = Math.min(RECONNECT_LONGEST_MS, RECONNECT_FIRST_MS * 2 ** (failures - 1));
  return longest * (0.5 + random / 2);
}
