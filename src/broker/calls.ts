/** The reference's calls for one app: arguments checked in its order, codes and sync or async placement as docs/errors.md says. */
import { randomBytes } from 'node:crypto';
import { isRefusedOnAccept, isUnderWay } from '../machines/handshake.js';
import { readAll, readReason, readSessionId, readToken } from '../protocol/arguments.js';
import { ConnectErrorCode } from '../protocol/codes.js';
import type { ConnectResult, PeerInfo } from '../protocol/collaboration.js';
import { BrokerError } from '../protocol/errors.js';
import { MAX_UNHEARD_BYTES, TOKEN_BYTES } from '../protocol/limits.js';
import { appKey, type RegisteredApp } from './apps.js';
import type { BrokerCore } from './core.js';
import { noteDuration } from './counters.js';
import { exists, rejected } from './far-side.js';
import type { Offer, Refusal } from './offers.js';
import { isStarting } from './radio.js';
import { OWN_DEVICE, TOO_MUCH_UNHEARD } from './reasons.js';
import { currentState, type Session } from './session.js';
import { keyOf } from './sessions.js';
import { tellLater, unheardBytes } from './tell.js';
import { note } from './trace.js';
import { CALLS, HEARD, noteConnectResult, RESULTS } from './trace-rows.js';

/** The session, if it is this app's: sessions of other apps do not exist for it. */
export function findSession({ sessions }: BrokerCore, app: RegisteredApp, sessionId: number): Session | undefined {
  const session = sessions.get(sessionId);
  return session?.app === app ? session : undefined;
}

/** As findSession. Throws BrokerError `sessionNotFound`. */
export function getSession(core: BrokerCore, app: RegisteredApp, sessionId: number): Session {
  const session = findSession(core, app, sessionId);
  if (session === undefined) throw new BrokerError('sessionNotFound', `There is no session ${sessionId}.`);
  return session;
}

export function destroySession(core: BrokerCore, app: RegisteredApp, args: readonly unknown[]): void {
  const [sessionId] = readAll(args, readSessionId);
  const { actor, trace } = getSession(core, app, sessionId);
  note(trace, CALLS.destroy);
  actor.send({ type: 'destroy' });
}

export function disconnect(core: BrokerCore, app: RegisteredApp, args: readonly unknown[]): void {
  const [sessionId] = readAll(args, readSessionId);
  const { actor, trace } = getSession(core, app, sessionId);
  note(trace, CALLS.disconnect);
  actor.send({ type: 'disconnect' });
}

export function getPeerInfoById(core: BrokerCore, app: RegisteredApp, args: readonly unknown[]): PeerInfo | undefined {
  const [sessionId] = readAll(args, readSessionId);
  const session = findSession(core, app, sessionId);
  return session && { ...session.peerInfo };
}

export function connect(core: BrokerCore, app: RegisteredApp, args: readonly unknown[]): Promise<ConnectResult> {
  const [sessionId] = readAll(args, readSessionId);
  return connectSession(core, app, sessionId);
}

async function connectSession(core: BrokerCore, app: RegisteredApp, sessionId: number): Promise<ConnectResult> {
  const session = getSession(core, app, sessionId);
  note(session.trace, CALLS.connect);
  const refusal = refusalOf(core, session);
  if (refusal !== undefined) {
    noteConnectResult(session.trace, { isConnected: false, ...refusal });
    core.sessions.explainRefusal(session, refusal);
    return { isConnected: false, ...refusal };
  }
  const startedMs = core.clock.now();
  return new Promise((resolve) => {
    session.settleConnect = (result) => {
      if (result.isConnected) noteDuration(core.counters.connects, core.clock.now() - startedMs);
      resolve(result);
    };
    core.sessions.markLive(session, 'initiator');
    core.peers.attach(session);
    session.actor.send({ type: 'connect', token: randomBytes(TOKEN_BYTES).toString('hex') });
  });
}

/** What ends `connect` before anything is sent. The radio is looked at last, so that a live session never seems to be in the way of it. */
function refusalOf(core: BrokerCore, session: Session): Refusal | undefined {
  const [live] = core.sessions.findLive(keyOf(session));
  if (live !== undefined) return exists(`session ${live.sessionId} is ${currentState(live)}`);
  const radio = core.radio.state();
  if (radio !== 'poweredOn' && !isStarting(radio)) {
    return { errorCode: ConnectErrorCode.LOCAL_WIFI_NOT_OPEN, reason: `the radio here is ${radio}` };
  }
  if (session.peerInfo.deviceId === core.deviceId) {
    return { errorCode: ConnectErrorCode.SYSTEM_INTERNAL_ERROR, reason: OWN_DEVICE };
  }
  return hasTooMuchUnheard(session)
    ? { errorCode: ConnectErrorCode.SYSTEM_INTERNAL_ERROR, reason: TOO_MUCH_UNHEARD }
    : undefined;
}

/** A peer must not pile up payload by one connection after the other. */
function hasTooMuchUnheard(session: Session): boolean {
  return unheardBytes(session) > MAX_UNHEARD_BYTES;
}

export function acceptConnect(core: BrokerCore, app: RegisteredApp, args: readonly unknown[]): Promise<void> {
  const [sessionId, token] = readAll(args, readSessionId, readToken);
  return acceptOffer(core, app, sessionId, token);
}

async function acceptOffer(core: BrokerCore, app: RegisteredApp, sessionId: number, token: string): Promise<void> {
  const session = getSession(core, app, sessionId);
  note(session.trace, CALLS.acceptConnect);
  const offer = pendingOffer(core, app, token);
  if (offer === undefined) {
    note(session.trace, RESULTS.notAccepted, { reason: 'the token is unknown, used or too old' });
    throw new BrokerError('tokenNotFound', 'The token is unknown, used or too old.');
  }
  note(session.trace, HEARD.open, { waitedMs: core.clock.now() - offer.receivedMs });
  const conflict = conflictOf(core, session, offer);
  if (conflict !== undefined) {
    note(session.trace, RESULTS.notAccepted, { reason: conflict.reason });
    // The peer is told, so that it does not wait for its deadline.
    if (conflict.errorCode !== undefined) core.farSide.refuse(token, { ...conflict, errorCode: conflict.errorCode });
    throw new BrokerError('acceptFailed', conflict.reason);
  }
  core.offers.answer(token, { type: 'taken', sessionId });
  return new Promise((resolve, reject) => {
    session.settleAccept = (error) => (error === undefined ? resolve() : reject(error));
    core.sessions.markLive(session, 'acceptor');
    core.peers.attach(session);
    session.actor.send({ type: 'acceptConnect', token, remoteSessionId: offer.frame.from });
  });
}

/** Why this session cannot take this request; with a code when that settles the request, too. */
function conflictOf(
  core: BrokerCore,
  session: Session,
  { deviceId, frame }: Offer,
): { readonly errorCode?: ConnectErrorCode; readonly reason: string } | undefined {
  const { peerInfo, serviceName } = session;
  const isMeant =
    peerInfo.deviceId === deviceId && appKey(peerInfo) === appKey(frame.source) && serviceName === frame.serviceName;
  if (!isMeant) return { reason: 'The session is for another peer app or service.' };
  const state = currentState(session);
  if (isUnderWay(state)) return exists(`The session is ${state}.`);
  const key = keyOf(session);
  const ownToken = core.sessions.findInitiated(key)?.actor.getSnapshot().context.token;
  if (core.sessions.findAccepted(key) !== undefined || isRefusedOnAccept(frame.token, ownToken)) {
    return exists('Another session of these apps and service is under way.');
  }
  if (core.radio.state() !== 'poweredOn') {
    return { errorCode: ConnectErrorCode.PEER_WIFI_NOT_OPEN, reason: 'The radio is off.' };
  }
  if (hasTooMuchUnheard(session)) {
    const reason = 'The app does not listen to what earlier connections brought.';
    return { errorCode: ConnectErrorCode.SYSTEM_INTERNAL_ERROR, reason };
  }
  return undefined;
}

export function reject(core: BrokerCore, app: RegisteredApp, args: readonly unknown[]): void {
  const [token, reason] = readAll(args, readToken, readReason);
  const offer = pendingOffer(core, app, token);
  if (offer === undefined || !core.farSide.refuse(token, rejected(reason))) {
    throw new BrokerError('tokenNotFound', 'The token is unknown, used or too old.');
  }
}

/** A token means something only to the app it was given to. */
function pendingOffer({ offers }: BrokerCore, app: RegisteredApp, token: string): Offer | undefined {
  const offer = offers.find(token);
  if (offer === undefined || offer.answer !== undefined) return undefined;
  return appKey(offer.frame.sink) === appKey(app.name) ? offer : undefined;
}

/** From now on nothing of its sessions reaches the app, or all that has waited. */
export function pauseDelivery({ sessions }: BrokerCore, app: RegisteredApp, isPaused: boolean): void {
  app.isPaused = isPaused;
  if (!isPaused) for (const session of sessions.ofApp(app)) tellLater(session);
}
