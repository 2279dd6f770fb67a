/** The rules by which two brokers begin sessions and agree on them: pure, so that the exploration proves what the broker runs. */
import type { SessionState } from '../protocol/codes.js';
import { unreachable } from '../protocol/unreachable.js';

/**
 * What became of a token that came here before. Remembered for the connect timeout at least: no `open` is sent again after it.
 * Pending: the app has not answered. Live: a session under this token is under way here. Over: withdrawn, or its session is at rest or gone.
 */
export type TokenFate = 'new' | 'pending' | 'refused' | 'live' | 'over';

/**
 * What a broker does with an `open`.
 * Ask: end what `isSuperseded` and withdraw the pending offers, both under the same key, then ask the app.
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
 * Whether a session here ends (as by `peer.close`, NETWORK_DISCONNECTED) once the app is asked about a new attempt with the same key. The
 * initiator's broker refuses `connect` while a session with that key is under way, so its half of this one is gone. An own attempt that is
 * still connecting stays: the other side refuses it, or has given its own up.
 */
export function isSuperseded(state: SessionState): boolean {
  return isUnderWay(state) && state !== 'connecting';
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
