/** What the HTTP requests of one token may have under way: as many calls, and as much data, as one WebSocket connection. */
import { BrokerError } from '../../protocol/errors.js';
import type { GatewayLimits } from '../gateway-limits.js';

export interface Budgets {
  /** Returns how to give it back. Throws BrokerError `tooManyInFlight`. */
  take(tokenId: string, bytes: number): () => void;
}

interface Use {
  calls: number;
  bytes: number;
}

export function createBudgets(limits: Pick<GatewayLimits, 'callsInFlight' | 'callBytesInFlight'>): Budgets {
  /** Only of tokens that have something under way. */
  const uses = new Map<string, Use>();

  return {
    take(tokenId, bytes) {
      const use = uses.get(tokenId) ?? { calls: 0, bytes: 0 };
      if (use.calls >= limits.callsInFlight || use.bytes + bytes > limits.callBytesInFlight) {
        throw new BrokerError('tooManyInFlight');
      }
      use.calls += 1;
      use.bytes += bytes;
      uses.set(tokenId, use);
      return () => {
        use.calls -= 1;
        use.bytes -= bytes;
        if (use.calls === 0) uses.delete(tokenId);
      };
    },
  };
}
