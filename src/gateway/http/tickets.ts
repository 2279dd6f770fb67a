/** Tickets for event streams: a browser's EventSource can send no header, and a token in an address would be kept by logs. */
import { randomBytes } from 'node:crypto';
import type { Principal } from '../../broker/tokens.js';
import { BrokerError } from '../../protocol/errors.js';
import { MAX_TICKETS, TICKET_LIFE_MS } from '../../protocol/http-limits.js';
import type { Timers } from '../timers.js';

export interface Tickets {
  /** Throws BrokerError `tooManyAtOnce`. */
  create(principal: Principal): string;
  /** Works once. Undefined for a ticket that is unknown, used or too old. */
  redeem(ticket: string): Principal | undefined;
  endOf(tokenId: string): void;
  close(): void;
}

interface Issued {
  readonly principal: Principal;
  readonly timer: unknown;
}

export function createTickets(timers: Timers): Tickets {
  const issued = new Map<string, Issued>();

  function drop(ticket: string): Principal | undefined {
    const found = issued.get(ticket);
    timers.clearTimeout(found?.timer);
    issued.delete(ticket);
    return found?.principal;
  }

  function ofToken(tokenId: string): string[] {
    return [...issued].filter(([, { principal }]) => principal.tokenId === tokenId).map(([ticket]) => ticket);
  }

  return {
    create(principal) {
      if (ofToken(principal.tokenId).length >= MAX_TICKETS) throw new BrokerError('tooManyAtOnce', 'Unused tickets.');
      const ticket = randomBytes(32).toString('base64url');
      issued.set(ticket, { principal, timer: timers.setTimeout(() => drop(ticket), TICKET_LIFE_MS) });
      return ticket;
    },
    redeem: drop,
    endOf: (tokenId) => ofToken(tokenId).forEach(drop),
    close: () => [...issued.keys()].forEach(drop),
  };
}
