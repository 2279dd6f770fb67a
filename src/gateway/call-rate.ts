/** Keeps one client from taking the time of all: calls beyond the rate are refused, and who goes on all the same is sent away. */
import { BrokerError } from '../protocol/errors.js';
import { RATE_REFUSALS_PER_SECOND } from '../protocol/limits.js';
import { take } from './bucket.js';
import type { Connection } from './connection.js';

/** Counts a call: undefined when it may be carried out. */
export function refuseByRate(connection: Connection): BrokerError | undefined {
  const { parts, calls, refusals, caller } = connection;
  const nowMs = parts.timers.now();
  const ownWaitMs = take(calls, parts.limits.callsPerSecond, nowMs);
  const waitMs = ownWaitMs > 0 || caller === undefined ? ownWaitMs : parts.callers.takeCall(caller, nowMs);
  if (waitMs === 0) return undefined;
  if (take(refusals, RATE_REFUSALS_PER_SECOND, nowMs) > 0) sendAwayForRate(connection);
  return rateLimited(waitMs);
}

/** The one form of this refusal, over WebSocket and HTTP. */
export function rateLimited(waitMs: number): BrokerError {
  const retryAfterMs = Math.ceil(waitMs);
  return new BrokerError('rateLimited', `Try again in ${retryAfterMs} ms.`, { retryAfterMs });
}

function sendAwayForRate({ parts, outbox, principal, address }: Connection): void {
  parts.logger.warn(
    { client: principal?.name, tokenId: principal?.tokenId, address },
    'a client ignores the call rate',
  );
  outbox.close('rateLimited');
}
