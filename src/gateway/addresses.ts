import { isLoopback } from './client-address.js';

/** How many connections each address has: nobody far away may take up all the room there is. */
export interface Addresses {
  hasRoom(address: string): boolean;
  enter(address: string): void;
  leave(address: string): void;
  /** Addresses that have a connection. */
  readonly size: number;
}

/** `limit` 0 is none. This machine has none either: a proxy on it stands for everybody. */
export function createAddresses(limit: number): Addresses {
  const counts = new Map<string, number>();

  return {
    hasRoom: (address) => limit === 0 || isLoopback(address) || (counts.get(address) ?? 0) < limit,
    enter: (address) => void counts.set(address, (counts.get(address) ?? 0) + 1),
    leave(address) {
      const rest = (counts.get(address) ?? 0) - 1;
      if (rest > 0) counts.set(address, rest);
      else counts.delete(address);
    },
    get size() {
      return counts.size;
    },
  };
}
