/** sendMessage and sendData: checked, queued in call order, settled when the peer's broker has it. */

import { expectCount, readMessage, readSessionId } from '../protocol/arguments.js';
import { CollaborateEventType } from '../protocol/codes.js';
import { readData } from '../protocol/data-argument.js';
import { type Delivery, pushData, pushText } from '../protocol/delivery.js';
import type { Settle } from '../protocol/delivery-outgoing.js';
import { BrokerError } from '../protocol/errors.js';
import type { RegisteredApp } from './apps.js';
import { findSession } from './calls.js';
import type { BrokerCore } from './core.js';
import { currentState, type Session } from './session.js';
import { trafficOf } from './traffic.js';

export function sendMessage(core: BrokerCore, app: RegisteredApp, args: readonly unknown[]): Promise<void> {
  // By hand: this path is the busiest.
  expectCount(args, 2);
  const sessionId = readSessionId(args[0]);
  const text = readMessage(args[1]);
  const session = findSession(core, app, sessionId);
  if (session?.delivery === undefined) return Promise.reject(notConnected(session, sessionId));
  const { delivery } = session;
  return send(core, session, delivery, (settle) => pushText(delivery, text, Buffer.byteLength(text), settle));
}

/** Sends a copy of just these bytes: the app may change its buffer while the data waits or is sent again. */
export function sendData(core: BrokerCore, app: RegisteredApp, args: readonly unknown[]): Promise<void> {
  expectCount(args, 2);
  const sessionId = readSessionId(args[0]);
  const data = readData(args[1]);
  const session = findSession(core, app, sessionId);
  if (session !== undefined && !session.options.needSendData) {
    return Promise.reject(new BrokerError('dataNotNegotiated', 'The session was created without needSendData.'));
  }
  if (session?.delivery === undefined) return Promise.reject(notConnected(session, sessionId));
  const { delivery } = session;
  return send(core, session, delivery, (settle) => pushData(delivery, data.slice(), settle));
}

/** One of so many messages is timed, and only if none waits before it: what is measured is the way there and back. */
const TIMED_EVERY = 64;

function send(
  core: BrokerCore,
  session: Session,
  delivery: Delivery,
  push: (settle: Settle) => boolean,
): Promise<void> {
  const isTimed = delivery.queuedBytes === 0 && (delivery.textsSent + delivery.dataSent) % TIMED_EVERY === 0;
  const startedMs = isTimed ? core.clock.now() : undefined;
  return new Promise((resolve, reject) => {
    const isTaken = push((error) => {
      if (error === undefined) {
        if (startedMs !== undefined) trafficOf(session).roundTripMs = core.clock.now() - startedMs;
        return resolve();
      }
      reject(error);
      announceSendFailure(core, session, error);
    });
    if (isTaken) session.peer?.pump.ready(session);
    else reject(new BrokerError('sendQueueFull', 'Wait for earlier sends first.'));
  });
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
