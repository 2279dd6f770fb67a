/** What the session chart's named actions do: frames to the peer, payload on and off, promises answered, events raised. */
import { sessionMachine } from '../machines/session.js';
import { DisconnectReason } from '../protocol/codes.js';
import {
  closeDelivery,
  createDelivery,
  DeliveryError,
  isAcknowledgementDue,
  resumeFrom,
  resumeState,
  takeAcknowledgement,
} from '../protocol/delivery.js';
import { BrokerError } from '../protocol/errors.js';
import type { Frame, OpenFrame } from '../protocol/frame.js';
import type { Announcer } from './announcer.js';
import { oweFarewell, type Peer, sendFrame } from './peer.js';
import type { Session } from './session.js';
import { connectResult } from './sessions.js';
import { unheardBytes } from './tell.js';
import { note } from './trace.js';
import { type LifeFrameType, noteConnectResult, RAISED, RESULTS, SENT, UNSENT } from './trace-rows.js';
import { keepTraffic, noteResends, trafficOf } from './traffic.js';

export interface SessionEffects {
  /** Only called for a session that exists. */
  readonly find: (sessionId: number) => Session;
  readonly findPeer: (deviceId: string) => Peer | undefined;
  readonly announcer: Announcer;
}

/** One machine for all sessions of a broker: the session is found by its number, so that none needs closures of its own. */
export function provideSessionEffects({ find, findPeer, announcer }: SessionEffects): typeof sessionMachine {
  return sessionMachine.provide({
    actions: {
      sendOpen: ({ context }) => {
        const session = find(context.sessionId);
        send(session, openFrame(session, context.token));
      },
      sendAccept: ({ context: { sessionId, remoteSessionId, token } }) =>
        send(find(sessionId), { type: 'accept', session: remoteSessionId, from: sessionId, token }),
      sendConfirm: ({ context: { sessionId, remoteSessionId, token } }) =>
        send(find(sessionId), { type: 'confirm', session: remoteSessionId, token }),
      sendResume: ({ context: { sessionId, remoteSessionId, token } }) => {
        const session = find(sessionId);
        const state = session.delivery && resumeState(session.delivery);
        if (state === undefined) return;
        send(session, { type: 'resume', session: remoteSessionId, from: sessionId, token, ...state });
      },
      sendClose: ({ context: { sessionId, remoteSessionId, token } }, { reason }) => {
        const { peer, delivery, trace } = find(sessionId);
        if (peer === undefined) return;
        const frame = { type: 'close', session: remoteSessionId, token, reason } as const;
        // What arrived is acknowledged first: its sender must not take it for lost.
        if (delivery !== undefined && isAcknowledgementDue(delivery)) sendFrame(peer, takeAcknowledgement(delivery));
        note(trace, (peer.link === undefined ? UNSENT : SENT).close, { reason });
        if (peer.link !== undefined) sendFrame(peer, frame);
        else if (delivery !== undefined) oweFarewell(peer, frame);
      },
      closeStale: ({ context, event }) => {
        if (event.type !== 'peer.accept' && event.type !== 'peer.resume') return;
        const isThis = event.token === context.token;
        const reason = isThis ? context.disconnectReason : undefined;
        const session = find(context.sessionId);
        const peer = findPeer(session.peerInfo.deviceId);
        if (peer === undefined) return;
        note(session.trace, SENT.close, { isForEarlierAttempt: true });
        sendFrame(peer, {
          type: 'close',
          session: event.remoteSessionId,
          token: event.token,
          reason: reason ?? DisconnectReason.PEER_APP_CLOSE_COLLABORATION,
        });
      },

      openDelivery: ({ context }) => {
        const session = find(context.sessionId);
        session.delivery = createDelivery(context.remoteSessionId, 0, unheardBytes(session));
        session.canSend = true;
      },
      holdDelivery: ({ context }) => {
        const session = find(context.sessionId);
        session.canSend = false;
        trafficOf(session).suspensions += 1;
      },
      resumeDelivery: ({ context, event }) => {
        const session = find(context.sessionId);
        if (event.type !== 'peer.resume' || session.delivery === undefined) return;
        try {
          resumeFrom(session.delivery, event.received, event.creditLimit);
        } catch (error) {
          if (!(error instanceof DeliveryError)) throw error;
          return session.peer?.link?.close('protocol-violation');
        }
        const { toResend } = session.delivery;
        if (toResend > 0) noteResends(session, toResend);
        session.canSend = true;
        session.peer?.pump.ready(session);
      },
      closeDelivery: ({ context }) => {
        const session = find(context.sessionId);
        const { delivery } = session;
        keepTraffic(session);
        session.delivery = undefined;
        session.canSend = false;
        if (delivery !== undefined)
          closeDelivery(delivery, new BrokerError('sessionEnded', 'The peer may not have it.'));
      },

      settleConnect: ({ context }) => {
        const session = find(context.sessionId);
        const result = connectResult(session, context);
        noteConnectResult(session.trace, result);
        session.settleConnect?.(result);
        session.settleConnect = undefined;
      },
      settleAccept: ({ context: { sessionId, errorCode, reason } }) => {
        const session = find(sessionId);
        if (errorCode === undefined) note(session.trace, RESULTS.accepted);
        else note(session.trace, RESULTS.notAccepted, { errorCode, reason });
        session.settleAccept?.(errorCode === undefined ? undefined : new BrokerError('acceptFailed', reason));
        session.settleAccept = undefined;
      },
      raiseConnect: ({ context: { sessionId } }) => {
        const session = find(sessionId);
        note(session.trace, RAISED.connect);
        announcer.post(session, 'connect', { sessionId });
      },
      raiseDisconnect: ({ context: { sessionId, disconnectReason: reason } }) => {
        const session = find(sessionId);
        note(session.trace, RAISED.disconnect, reason === undefined ? undefined : { reason });
        announcer.post(session, 'disconnect', { sessionId, reason });
      },
    },
  });
}

function send({ peer, trace }: Session, frame: Frame & { readonly type: LifeFrameType }): void {
  if (peer === undefined) return;
  note(trace, (peer.link === undefined ? UNSENT : SENT)[frame.type]);
  sendFrame(peer, frame);
}

function openFrame({ sessionId, serviceName, app, peerInfo, options }: Session, token: string): OpenFrame {
  const { bundleName, moduleName, abilityName } = peerInfo;
  const sink = { bundleName, moduleName, abilityName };
  return { type: 'open', session: 0, from: sessionId, token, serviceName, source: app.name, sink, options };
}
