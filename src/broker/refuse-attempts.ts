/** What becomes of attempts whose link cannot be had. */
import type { ConnectErrorCode } from '../protocol/codes.js';
import type { Peer } from './peer.js';
import { currentState } from './session.js';
import { note } from './trace.js';
import { LINK } from './trace-rows.js';

/** Attempts hear the reason at once instead of waiting for their deadline. A conversation goes on waiting: a refusal may be forged. */
export function refuseAttempts(peer: Peer, errorCode: ConnectErrorCode, reason: string): void {
  const detail = { errorCode, reason };
  for (const session of [...peer.sessions]) {
    const state = currentState(session);
    if (state !== 'connecting' && state !== 'accepting') continue;
    note(session.trace, LINK.refused, detail);
    session.actor.send({ type: 'link.refused', errorCode, reason });
  }
}
