/** Why the gateway closes a connection. 4000–4499: connect again, after a pause. 4500–4999: do not, the outcome would be the same. */

interface CloseRow {
  readonly code: number;
  /** Travels as the close frame's reason, so at most 123 bytes. Source: RFC 6455, section 5.5.1. */
  readonly reason: string;
}

/** The table behind docs/gateway.md, "Close codes". */
export const CLOSE_CODES = {
  goingAway: { code: 4001, reason: 'The gateway is shutting down.' },
  silent: { code: 4008, reason: 'No answer to the ping.' },
  busy: { code: 4013, reason: 'Too many connections.' },
  slow: { code: 4108, reason: 'The client reads too slowly.' },
  rateLimited: { code: 4113, reason: 'The client calls too often.' },
  unauthorized: { code: 4501, reason: 'Not authenticated.' },
  badFrame: { code: 4502, reason: 'The frame breaks the rules of this connection.' },
  authenticationTimeout: { code: 4508, reason: 'No authentication in time.' },
  unsupportedVersion: { code: 4509, reason: 'No common protocol version.' },
  replaced: { code: 4510, reason: 'Another connection of this client took over.' },
} as const satisfies Record<string, CloseRow>;

export type CloseKind = keyof typeof CLOSE_CODES;

/** What a closed connection asks of the client. `ended`: it was closed on purpose, by whichever side. */
export type CloseAdvice = 'ended' | 'retry' | 'giveUp';

/** Reads a close code: the two ranges above; of the standard ones (RFC 6455, section 7.4.1) broken rules give up, the rest retries. */
export function adviceOf(code: number): CloseAdvice {
  if (code === 1000) return 'ended';
  if (code >= 4500 && code <= 4999) return 'giveUp';
  return BROKEN_RULES.has(code) ? 'giveUp' : 'retry';
}

/** Protocol error, unacceptable type, invalid UTF-8, policy, too big: the WebSocket layer itself refused what the client sent. */
const BROKEN_RULES: ReadonlySet<number> = new Set([1002, 1003, 1007, 1008, 1009]);
