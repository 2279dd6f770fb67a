/** Keeps those who have not authenticated few, and slows down those who try wrong tokens. */
import { FAILURE_MEMORY_MS, REFUSAL_DELAY_LONGEST_MS, REFUSAL_DELAY_MS } from '../protocol/limits.js';
import type { Timers } from './timers.js';

export interface Strangers {
  hasRoom(): boolean;
  enter(): void;
  /** It authenticated or went away. */
  leave(): void;
  /** How long the answer to a wrong token from this address has to wait, in milliseconds: longer with every failure. */
  delayAfterFailure(address: string): number;
  readonly present: number;
  /** Addresses that are remembered for a wrong token. */
  readonly failedAddresses: number;
}

interface Failures {
  count: number;
  forgottenAt: number;
}

export function createStrangers({ limit, timers }: { readonly limit: number; readonly timers: Timers }): Strangers {
  let present = 0;
  /** By address, the one that failed longest ago first; as many as there may be strangers. */
  const failures = new Map<string, Failures>();

  function countFailure(address: string): number {
    const now = timers.now();
    const earlier = failures.get(address);
    const count = earlier === undefined || earlier.forgottenAt <= now ? 1 : earlier.count + 1;
    failures.delete(address);
    failures.set(address, { count, forgottenAt: now + FAILURE_MEMORY_MS });
    const [oldest] = failures.keys();
    if (failures.size > limit && oldest !== undefined) failures.delete(oldest);
    return count;
  }

  return {
    get present() {
      return present;
    },
    get failedAddresses() {
      return failures.size;
    },
    hasRoom: () => present < limit,
    enter() {
      present += 1;
    },
    leave() {
      present -= 1;
    },
    delayAfterFailure: (address) => Math.min(countFailure(address) * REFUSAL_DELAY_MS, REFUSAL_DELAY_LONGEST_MS),
  };
}
