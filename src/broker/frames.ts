/** Takes a peer's frames: payload goes straight to its session, everything else becomes an event of a chart. */
import { DisconnectReason } from '../protocol/codes.js';
import { acknowledge, DeliveryError, receive } from '../protocol/delivery.js';
import type {
  AcceptFrame,
  AcknowledgeFrame,
  CloseFrame,
  DataFrame,
  Frame,
  ResumeFrame,
  TextFrame,
} from '../protocol/frame.js';
import { unreachable } from '../protocol/unreachable.js';
import type { Announcer } from './announcer.js';
import type { FarSide } from './far-side.js';
import type { Offers } from './offers.js';
import { type AttachedSession, type Peer, sendFrame } from './peer.js';
import type { Session } from './session.js';
import type { Sessions } from './sessions.js';
import { createDeliverySink } from './tell.js';
import { note } from './trace.js';
import { HEARD } from './trace-rows.js';

export interface FrameHandlerOptions {
  readonly sessions: Sessions;
  readonly offers: Offers;
  readonly farSide: FarSide;
  readonly announcer: Announcer;
}

/**
 * A session answers only to its own peer: numbers are easily guessed. A peer that breaks the delivery's rules loses its link; a frame for
 * a session that is gone is dropped, or answered with close.
 */
export function createFrameHandler(options: FrameHandlerOptions): (peer: Peer, frames: readonly Frame[]) => void {
  return (peer, frames) => {
    try {
      for (const frame of frames) {
        handle(options, peer, frame);
        options.announcer.flush();
      }
      // At once: acknowledgements of one batch leave together, with whatever listeners have answered.
      peer.pump.run();
    } catch (error) {
      if (!(error instanceof DeliveryError)) throw error;
      peer.link?.close('protocol-violation');
    }
  };
}

function handle(options: FrameHandlerOptions, peer: Peer, frame: Frame): void {
  const found = options.sessions.get(frame.session);
  switch (frame.type) {
    case 'text':
    case 'data':
      return receivePayload(peer, found, frame);
    case 'acknowledge':
      return receiveAcknowledgement(peer, found, frame);
    default:
      return handleControl(options, peer, found?.peerInfo.deviceId === peer.deviceId ? found : undefined, frame);
  }
}

type PayloadFrame = TextFrame | DataFrame;
type ControlFrame = Exclude<Frame, PayloadFrame | AcknowledgeFrame>;

function handleControl(
  { offers, farSide }: FrameHandlerOptions,
  peer: Peer,
  session: Session | undefined,
  frame: ControlFrame,
): void {
  if (session !== undefined) noteHeard(session, frame);
  switch (frame.type) {
    case 'open':
      return farSide.receive(peer, frame);
    case 'accept':
      if (session === undefined) return answerUnknown(peer, frame);
      return session.actor.send({ type: 'peer.accept', token: frame.token, remoteSessionId: frame.from });
    case 'resume':
      if (session === undefined) return answerUnknown(peer, frame);
      return session.actor.send({
        type: 'peer.resume',
        token: frame.token,
        remoteSessionId: frame.from,
        received: frame.received,
        creditLimit: frame.creditLimit,
      });
    case 'confirm':
      return session?.actor.send({ type: 'peer.confirm', token: frame.token });
    case 'reject':
      return session?.actor.send({
        type: 'peer.reject',
        token: frame.token,
        errorCode: frame.errorCode,
        reason: frame.reason,
      });
    case 'close':
      return receiveClose(peer, session, offers, frame);
    case 'ping':
    case 'pong':
      return;
    default:
      return unreachable(frame);
  }
}

/** What the far side says of a session. */
function noteHeard({ trace }: AttachedSession, frame: ControlFrame): void {
  switch (frame.type) {
    case 'reject':
      return note(trace, HEARD.reject, { errorCode: frame.errorCode, reason: frame.reason });
    case 'close':
      return note(trace, HEARD.close, { reason: frame.reason });
    case 'ping':
    case 'pong':
      return;
    default:
      return note(trace, HEARD[frame.type]);
  }
}

function receivePayload(peer: Peer, session: Session | undefined, frame: PayloadFrame): void {
  if (session?.peer !== peer || session.delivery === undefined || !session.canSend) return;
  receive(session.delivery, frame, createDeliverySink(session));
  session.peer?.pump.ready(session);
}

function receiveAcknowledgement(
  peer: Peer,
  session: Session | undefined,
  { acknowledgement, creditLimit }: AcknowledgeFrame,
): void {
  if (session?.peer !== peer || session.delivery === undefined || !session.canSend) return;
  acknowledge(session.delivery, acknowledgement, creditLimit);
  session.peer?.pump.ready(session);
}

function receiveClose(peer: Peer, named: Session | undefined, offers: Offers, frame: CloseFrame): void {
  const { token, reason } = frame;
  const session = named ?? findByToken(peer, frame);
  if (session !== undefined && session !== named) noteHeard(session, frame);
  if (offers.find(token)?.deviceId === peer.deviceId) offers.answer(token, { type: 'withdrawn' });
  session?.actor.send({ type: 'peer.close', token, reason });
}

/** While the initiator does not know the acceptor's number, its close names the attempt only. */
function findByToken(peer: Peer, { session: named, token }: CloseFrame): AttachedSession | undefined {
  // A number that is not here any more: both sides closed at once, and there is nothing to look for among thousands.
  if (named !== 0) return undefined;
  for (const session of peer.sessions) {
    if (session.actor.getSnapshot().context.token === token) return session;
  }
  return undefined;
}

/** The session is gone here, and nobody told the peer: its resume window was over, or this broker was started anew. */
function answerUnknown(peer: Peer, { from, token }: AcceptFrame | ResumeFrame): void {
  sendFrame(peer, { type: 'close', session: from, token, reason: DisconnectReason.NETWORK_DISCONNECTED });
}
