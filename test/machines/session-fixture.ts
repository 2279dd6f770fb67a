/** Sessions in every state, and the events they live through. */
import { createActor } from 'xstate';
import { sessionMachine } from '../../src/machines/session.js';
import type { SessionEvent } from '../../src/machines/session-events.js';
import { ConnectErrorCode, type DisconnectReason } from '../../src/protocol/codes.js';
import { record } from './recorded.js';

export const OWN = 'own token';
export const OTHER = 'other token';
export const REMOTE = 200;

export const connect: SessionEvent = { type: 'connect', token: OWN };
export const acceptConnect: SessionEvent = { type: 'acceptConnect', token: OWN, remoteSessionId: REMOTE };
export const linkUp: SessionEvent = { type: 'link.up' };
export const linkLost: SessionEvent = { type: 'link.lost' };
export const linkRefused: SessionEvent = {
  type: 'link.refused',
  errorCode: ConnectErrorCode.LOCAL_WIFI_NOT_OPEN,
  reason: 'off',
};
export const accept = (token = OWN): SessionEvent => ({ type: 'peer.accept', token, remoteSessionId: REMOTE });
export const confirm = (token = OWN): SessionEvent => ({ type: 'peer.confirm', token });
export const resume = (token = OWN): SessionEvent => ({
  type: 'peer.resume',
  token,
  remoteSessionId: REMOTE,
  received: 0,
  creditLimit: 0,
});
export const reject = (errorCode: ConnectErrorCode, reason = '', token = OWN): SessionEvent => ({
  type: 'peer.reject',
  token,
  errorCode,
  reason,
});
export const close = (reason: DisconnectReason, token = OWN): SessionEvent => ({ type: 'peer.close', token, reason });

/** A session that has lived through these events; the effects so far are forgotten. */
export function sessionAfter(...events: readonly SessionEvent[]) {
  const { machine, clock, options, effects, take } = record(sessionMachine);
  const actor = createActor(machine, { ...options, input: { sessionId: 100 } }).start();
  /** A session that is gone is in nobody's books, so it hears nothing. */
  const send = (event: SessionEvent) => {
    if (actor.getSnapshot().status === 'active') actor.send(event);
  };
  events.forEach(send);
  take();
  const state = () => actor.getSnapshot().value;
  const context = () => actor.getSnapshot().context;
  return { clock, effects, take, state, context, send };
}

export const connecting = () => sessionAfter(connect);
export const accepting = () => sessionAfter(acceptConnect);
export const connectedInitiator = () => sessionAfter(connect, accept());
export const connectedAcceptor = () => sessionAfter(acceptConnect, confirm());
export const suspended = () => sessionAfter(connect, accept(), linkLost);
