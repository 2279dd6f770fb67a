/** The rules by which two brokers begin sessions and agree on them: pure, so that the exploration proves what the broker runs. */
import { ConnectErrorCode, DisconnectReason, type SessionState } from '../protocol/codes.js';
import { unreachable } from '../protocol/unreachable.js';
import type { SessionEvent } from './session-events.js';

/**
 * What became of a token that came here before. Remembered for the connect timeout at least: no `open` is sent again after it.
 * Pending: the app has not answered. Live: a session under this token is under way here. Over: withdrawn, or its session is at rest or gone.
 */
export type TokenFate = 'new' | 'pending' | 'refused' | 'live' | 'over';

/**
 * What a broker does with an `open`.
 * Ask: send sessions their `supersedingEvent` and withdraw the pending offers, both under the same key, then ask the app.
 * Repeat the refusal: send the `reject` of this token again. Refuse as existing: `reject` with CONNECTED_SESSION_EXISTS.
 * Close: answer `close`, NETWORK_DISCONNECTED. Ignore: the answer is on its way or still to come.
 */
export type OpenVerdict = 'ask' | 'ignore' | 'repeat-refusal' | 'refuse-as-existing' | 'close';

/**
 * Judges an `open`. A key is the pair of apps, their devices and the service name. `ownToken` is of the session with the same key that was
 * initiated here and is under way, undefined when there is none.
 */
export function judgeOpen(token: string, fate: TokenFate, ownToken: string | undefined): OpenVerdict {
  switch (fate) {
    case 'pending':
    case 'live':
      return 'ignore';
    case 'refused':
      return 'repeat-refusal';
    case 'over':
      return 'close';
    case 'new':
      return wins(ownToken, token) ? 'refuse-as-existing' : 'ask';
    default:
      return unreachable(fate);
  }
}

/** Whether `acceptConnect` for this token fails, with CONNECTED_SESSION_EXISTS to the initiator. Arguments as for `judgeOpen`. */
export function isRefusedOnAccept(token: string, ownToken: string | undefined): boolean {
  return wins(ownToken, token);
}

/** Both sides connect at once: the smaller token wins, by the same comparison on both. Source: reference-behaviour 2.6. */
function wins(ownToken: string | undefined, token: string): boolean {
  return ownToken !== undefined && ownToken < token;
}

/**
 * What a session here hears once its app is asked about a new attempt with the same key; undefined when nothing of it is under way. The
 * initiator's broker refuses `connect` while a session with that key is under way, so its half of this one is gone. An own attempt gives
 * way: the other side refuses it, or has given its own up; from then on its app may accept with the same session.
 */
export function supersedingEvent(state: SessionState, token: string): SessionEvent | undefined {
  if (!isUnderWay(state)) return undefined;
  if (state !== 'connecting') return { type: 'peer.close', token, reason: DisconnectReason.NETWORK_DISCONNECTED };
  const errorCode = ConnectErrorCode.CONNECTED_SESSION_EXISTS;
  return { type: 'peer.reject', token, errorCode, reason: "the peer's own request came first" };
}

/** Whether a session holds its key: `connect` and `acceptConnect` of this session, and `connect` of others with the key, must wait for its end. */
export function isUnderWay(state: SessionState): boolean {
  switch (state) {
    case 'connecting':
    case 'accepting':
    case 'connected':
    case 'suspended':
      return true;
    case 'created':
    case 'disconnected':
    case 'rejected':
    case 'failed':
    case 'destroyed':
      return false;
    default:
      return unreachable(state);
  }
}
