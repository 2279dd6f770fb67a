/** What each access token uses at the moment: one account for all its connections and HTTP requests. */
import type { Principal } from '../broker/tokens.js';
import { type Bucket, createBucket, take } from './bucket.js';
import type { GatewayLimits } from './gateway-limits.js';

export interface Caller {
  readonly calls: Bucket;
  /** Connections. */
  clients: number;
}

export interface Callers {
  of(principal: Principal): Caller;
  /** Counts a call: 0, or in how many milliseconds there may be one. */
  takeCall(caller: Caller, nowMs: number): number;
  hasRoom(caller: Caller): boolean;
  /** The token is revoked. */
  forget(tokenId: string): void;
  /** Tokens that were used. */
  readonly size: number;
}

/** Holds an entry for each token that was used, so as many as there are tokens: strangers have none. */
export function createCallers(limits: Pick<GatewayLimits, 'tokenCallsPerSecond' | 'clientsPerToken'>): Callers {
  const callers = new Map<string, Caller>();
  const { tokenCallsPerSecond, clientsPerToken } = limits;

  return {
    of({ tokenId }) {
      const known = callers.get(tokenId);
      if (known !== undefined) return known;
      const caller: Caller = { calls: createBucket(), clients: 0 };
      callers.set(tokenId, caller);
      return caller;
    },
    takeCall: ({ calls }, nowMs) => take(calls, tokenCallsPerSecond, nowMs),
    hasRoom: ({ clients }) => clientsPerToken === 0 || clients < clientsPerToken,
    forget: (tokenId) => void callers.delete(tokenId),
    get size() {
      return callers.size;
    },
  };
}
