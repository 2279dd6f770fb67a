/**
 * Payload of one session, both directions: exactly once, in order, within the credit, across links that break. One plain record a session,
 * because there may be 100,000 of them. Rules: docs/peer-protocol.md, "Session delivery".
 */
import Denque from 'denque';
import {
  costOf,
  findViolation,
  type Incoming,
  isGrantDue,
  type MessageSink,
  take,
  ungrantedCredit,
} from './delivery-incoming.js';
import {
  fitsText,
  type Outgoing,
  pieceRoom,
  reserve,
  type Settle,
  settlementOf,
  settleUpTo,
  stillOut,
  takeFrame,
} from './delivery-outgoing.js';
import type { BrokerError } from './errors.js';
import type { AcknowledgeFrame, DataFrame, TextFrame } from './frame.js';
import { CREDIT_WINDOW_BYTES, MESSAGE_COST_BYTES } from './limits.js';
import { addSerial, COUNTER_BITS, compareSerial } from './serial.js';

/** Others only read it; everything that changes it is below. */
export interface Delivery extends Outgoing, Incoming {
  isClosed: boolean;
}

/** A payload frame or acknowledgement broke the rules; the link it came over cannot be trusted any more. */
export class DeliveryError extends Error {
  override readonly name = 'DeliveryError';
}

/**
 * `start` is where all counters of both sides begin; only tests of the wrap-around begin anywhere but at 0. `untakenCredit` is what the app
 * has not taken yet of earlier deliveries of the session: until it has, this one grants so much less.
 */
export function createDelivery(remoteSession: number, start = 0, untakenCredit = 0): Delivery {
  const firstLimit = addSerial(start, CREDIT_WINDOW_BYTES, COUNTER_BITS);
  return {
    remoteSession,
    isClosed: false,
    texts: undefined,
    data: undefined,
    unacknowledged: undefined,
    toResend: 0,
    nextSequence: addSerial(start, 1, COUNTER_BITS),
    spentCredit: start,
    textsSent: 0,
    bytesSent: 0,
    bytesQueued: 0,
    creditLimit: firstLimit,
    queuedBytes: 0,
    received: start,
    usedCredit: start,
    textsReceived: 0,
    bytesReceived: 0,
    grantedLimit: firstLimit,
    untakenCredit,
    assembly: undefined,
    isAcknowledgementDue: false,
    dataSent: 0,
    dataReceived: 0,
  };
}

/** Queues a text. False: too much is waiting, or the delivery is closed; nothing was queued and `settle` is never called. */
export function pushText(delivery: Delivery, text: string, bytes: number, settle: Settle): boolean {
  if (delivery.isClosed || !reserve(delivery, bytes + MESSAGE_COST_BYTES)) return false;
  delivery.texts ??= new Denque();
  delivery.texts.push({ type: 'text', text, bytes, settle });
  delivery.bytesQueued += bytes;
  return true;
}

/** Queues data of at least one byte, as pushText does a text. `data` is kept, not copied: the caller must not change it any more. */
export function pushData(delivery: Delivery, data: Uint8Array, settle: Settle): boolean {
  if (delivery.isClosed || !reserve(delivery, data.length + MESSAGE_COST_BYTES)) return false;
  delivery.data ??= new Denque();
  delivery.data.push({ data, settle, cutBytes: 0 });
  delivery.bytesQueued += data.length;
  return true;
}

/** Whether `nextFrame` has something to send within the credit. */
export function hasNext(delivery: Delivery): boolean {
  if (delivery.toResend > 0) return true;
  const text = delivery.texts?.peekFront();
  if (text !== undefined) return fitsText(delivery, text);
  const whole = delivery.data?.peekFront();
  return whole !== undefined && pieceRoom(delivery, whole) > 0;
}

/**
 * The next payload frame for the link, which counts as sent and carries the acknowledgement: first what a lost link left unacknowledged,
 * then texts, then a piece of the oldest data of at most `chunkBytes`. A resent piece keeps its size, whatever `chunkBytes` is by now.
 */
export function nextFrame(delivery: Delivery, chunkBytes: number): TextFrame | DataFrame | undefined {
  const frame = takeFrame(delivery, chunkBytes, delivery.received);
  if (frame !== undefined) delivery.isAcknowledgementDue = false;
  return frame;
}

/**
 * Takes a payload frame and the acknowledgement it carries; `sink` gets whole messages. A duplicate is dropped and acknowledged again.
 * Throws DeliveryError for a missing frame, pieces in the wrong order, data that grows too large and bytes beyond the granted credit;
 * the frame then counts as not arrived.
 */
export function receive(delivery: Delivery, frame: TextFrame | DataFrame, sink: MessageSink): void {
  acknowledge(delivery, frame.acknowledgement);
  if (delivery.isClosed) return;
  const ahead = compareSerial(frame.sequence, delivery.received, COUNTER_BITS);
  if (ahead > 1) throw new DeliveryError('a payload frame is missing');
  if (ahead === 1) {
    const violation = findViolation(delivery, frame);
    if (violation !== undefined) throw new DeliveryError(violation);
    delivery.received = frame.sequence;
    delivery.usedCredit = addSerial(delivery.usedCredit, costOf(frame), COUNTER_BITS);
  }
  // A piece that is not the last settles nothing over there, and its credit comes back in steps.
  if (ahead !== 1 || frame.type === 'text' || frame.isLast) delivery.isAcknowledgementDue = true;
  // Last, because the app may do anything then, even close this delivery.
  if (ahead === 1) take(delivery, frame, sink);
}

/**
 * Notes what the peer has, settles what is thereby complete, and takes over a higher credit limit; old news change nothing. Throws
 * DeliveryError for an acknowledgement of what was never sent.
 */
export function acknowledge(delivery: Delivery, acknowledgement: number, creditLimit = delivery.creditLimit): void {
  if (delivery.isClosed) return;
  if (stillOut(delivery, acknowledgement) < 0) throw new DeliveryError('acknowledges a frame that was never sent');
  if (compareSerial(creditLimit, delivery.creditLimit, COUNTER_BITS) > 0) delivery.creditLimit = creditLimit;
  settleUpTo(delivery, acknowledgement);
}

/** Whether to send `takeAcknowledgement` now, as no payload frame goes the other way to carry it. */
export function isAcknowledgementDue(delivery: Delivery): boolean {
  return delivery.isAcknowledgementDue || isGrantDue(delivery);
}

/** The acknowledgement to send; it also grants all credit that may be granted. */
export function takeAcknowledgement(delivery: Delivery): AcknowledgeFrame {
  const { received, creditLimit } = resumeState(delivery);
  return { type: 'acknowledge', session: delivery.remoteSession, acknowledgement: received, creditLimit };
}

/** The app has taken a message that cost so much credit: the peer may send as much again. */
export function noteTaken(delivery: Delivery, creditBytes: number): void {
  delivery.untakenCredit -= creditBytes;
}

/** What a `resume` frame says of this side. Counts as acknowledged: should this link break too, the next resume says it again. */
export function resumeState(delivery: Delivery): { readonly received: number; readonly creditLimit: number } {
  delivery.grantedLimit = addSerial(delivery.grantedLimit, ungrantedCredit(delivery), COUNTER_BITS);
  delivery.isAcknowledgementDue = false;
  return { received: delivery.received, creditLimit: delivery.grantedLimit };
}

/**
 * Takes the peer's `resume`: what it has is settled, the rest goes out again under the same numbers and boundaries. Throws DeliveryError
 * if the peer lacks what it acknowledged before, or claims what was never sent.
 */
export function resumeFrom(delivery: Delivery, received: number, creditLimit: number): void {
  if (stillOut(delivery, received) > (delivery.unacknowledged?.length ?? 0)) {
    throw new DeliveryError('resumes before a frame that it acknowledged');
  }
  // First, because a settlement may send at once, and new frames must not overtake old ones.
  delivery.toResend = delivery.unacknowledged?.length ?? 0;
  acknowledge(delivery, received, creditLimit);
}

/** Ends the delivery: everything unsettled settles with `error`, all memory is let go, later calls do nothing. */
export function closeDelivery(delivery: Delivery, error: BrokerError): void {
  const { unacknowledged, texts, data } = delivery;
  delivery.isClosed = true;
  delivery.unacknowledged = undefined;
  delivery.texts = undefined;
  delivery.data = undefined;
  delivery.assembly = undefined;
  delivery.toResend = 0;
  delivery.queuedBytes = 0;
  delivery.bytesQueued = 0;
  delivery.isAcknowledgementDue = false;
  for (let sent = unacknowledged?.shift(); sent !== undefined; sent = unacknowledged?.shift()) {
    settlementOf(sent)?.(error);
  }
  for (let text = texts?.shift(); text !== undefined; text = texts?.shift()) text.settle(error);
  for (let whole = data?.shift(); whole !== undefined; whole = data?.shift()) whole.settle(error);
}
