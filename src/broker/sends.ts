/** sendMessage and sendData: checked, queued in call order, settled when the peer's broker has it. */
import { CollaborateEventType } from '../protocol/codes.js';
import { pushData, pushText } from '../protocol/delivery.js';
import type { Settle } from '../protocol/delivery-outgoing.js';
import { BrokerError } from '../protocol/errors.js';
import { MAX_DATA_BYTES, MAX_MESSAGE_BYTES } from '../protocol/limits.js';
import type { RegisteredApp } from './apps.js';
import { expectCount, invalid, readSessionId } from './arguments.js';
import { findSession } from './calls.js';
import type { BrokerCore } from './core.js';
import { currentState, type Session } from './session.js';
import { type Traffic, trafficOf } from './traffic.js';

export function sendMessage(core: BrokerCore, app: RegisteredApp, args: readonly unknown[]): Promise<void> {
  expectCount(args, 2);
  const sessionId = readSessionId(args[0]);
  const text = args[1];
  if (typeof text !== 'string') throw invalid('msg must be a string.');
  const bytes = Buffer.byteLength(text);
  if (bytes > MAX_MESSAGE_BYTES) throw invalid(`msg must be at most ${MAX_MESSAGE_BYTES} bytes, got ${bytes}.`);
  const session = findSession(core, app, sessionId);
  if (session?.delivery === undefined) return Promise.reject(notConnected(session, sessionId));
  const { delivery } = session;
  return send(core, session, 'textsSent', bytes, (settle) => pushText(delivery, text, bytes, settle));
}

export function sendData(core: BrokerCore, app: RegisteredApp, args: readonly unknown[]): Promise<void> {
  expectCount(args, 2);
  const sessionId = readSessionId(args[0]);
  const data = args[1];
  if (!(data instanceof ArrayBuffer)) throw invalid('data must be an ArrayBuffer.');
  if (data.byteLength === 0) throw invalid('data must not be empty.');
  if (data.byteLength >= MAX_DATA_BYTES) throw invalid(`data must be below ${MAX_DATA_BYTES} bytes.`);
  const session = findSession(core, app, sessionId);
  if (session !== undefined && !session.options.needSendData) {
    return Promise.reject(new BrokerError('dataNotNegotiated', 'The session was created without needSendData.'));
  }
  if (session?.delivery === undefined) return Promise.reject(notConnected(session, sessionId));
  const { delivery } = session;
  // A copy: the app may change its buffer while the data waits or is sent again.
  const bytes = data.byteLength;
  return send(core, session, 'dataSent', bytes, (settle) => pushData(delivery, new Uint8Array(data.slice(0)), settle));
}

function send(
  core: BrokerCore,
  session: Session,
  kind: 'textsSent' | 'dataSent',
  bytes: number,
  push: (settle: Settle) => boolean,
): Promise<void> {
  const traffic = trafficOf(session);
  const startedMs = traffic.isTiming ? undefined : core.clock.now();
  return new Promise((resolve, reject) => {
    const isTaken = push((error) => {
      if (startedMs !== undefined) endTiming(traffic, error === undefined ? core.clock.now() - startedMs : undefined);
      if (error === undefined) return resolve();
      reject(error);
      announceSendFailure(core, session, error);
    });
    if (!isTaken) return reject(new BrokerError('sendQueueFull', 'Wait for earlier sends first.'));
    traffic[kind] += 1;
    traffic.bytesSent += bytes;
    if (startedMs !== undefined) traffic.isTiming = true;
    session.peer?.pump.ready(session);
  });
}

function endTiming(traffic: Traffic, roundTripMs: number | undefined): void {
  traffic.isTiming = false;
  if (roundTripMs !== undefined) traffic.roundTripMs = roundTripMs;
}

/** System apps hear of it as an event, too. Source: reference, CollaborateEventType. */
function announceSendFailure({ announcer }: BrokerCore, session: Session, { message }: BrokerError): void {
  if (!session.app.isSystemApp) return;
  const eventType = CollaborateEventType.SEND_FAILURE;
  announcer.post(session, 'collaborateEvent', { eventType, eventMsg: message });
}

function notConnected(session: Session | undefined, sessionId: number): BrokerError {
  if (session === undefined) return new BrokerError('sessionNotFound', `There is no session ${sessionId}.`);
  return new BrokerError('sessionNotConnected', `The session is ${currentState(session)}.`);
}
