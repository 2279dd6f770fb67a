/** The outgoing half of a delivery: queues, pieces, credit, what to send again. Called by delivery.ts only. */
import Denque from 'denque';
import type { BrokerError } from './errors.js';
import type { DataFrame, TextFrame } from './frame.js';
import { MAX_QUEUED_BYTES, MESSAGE_COST_BYTES, SMALLEST_CUT_BYTES, TEXT_CREDIT_BYTES } from './limits.js';
import { addSerial, COUNTER_BITS, compareSerial } from './serial.js';

/** Called exactly once per message: without error when the peer's broker has all of it. Must not throw. */
export type Settle = (error?: BrokerError) => void;

interface QueuedText {
  readonly type: 'text';
  readonly text: string;
  /** UTF-8 length of `text`. */
  readonly bytes: number;
  readonly settle: Settle;
}

interface QueuedData {
  readonly data: Uint8Array;
  readonly settle: Settle;
  /** Bytes already cut off into pieces. */
  cutBytes: number;
}

/** A piece keeps its boundaries for as long as it may have to be sent again. */
interface SentPiece {
  readonly type: 'piece';
  readonly whole: QueuedData;
  readonly start: number;
  readonly end: number;
}

/** Queues exist only once they are needed. */
export interface Outgoing {
  /** The session's number over there. */
  readonly remoteSession: number;
  texts: Denque<QueuedText> | undefined;
  data: Denque<QueuedData> | undefined;
  /** In order of sequence; the newest has `nextSequence` - 1. */
  unacknowledged: Denque<QueuedText | SentPiece> | undefined;
  /** How many of the newest unacknowledged frames the present link has not carried yet. */
  toResend: number;
  nextSequence: number;
  /** Credit spent so far and the total the peer allows, both modulo 2^32. */
  spentCredit: number;
  creditLimit: number;
  /** Cost of all messages that are not settled. */
  queuedBytes: number;
  /** For people: what left for the first time; of data a piece counts as bytes, and the last one as the data. */
  textsSent: number;
  dataSent: number;
  bytesSent: number;
  /** For people: payload that has not left yet. */
  bytesQueued: number;
}

/** Makes room for a message of this cost; false if there is none. */
export function reserve(outgoing: Outgoing, cost: number): boolean {
  if (outgoing.queuedBytes + cost > MAX_QUEUED_BYTES) return false;
  outgoing.queuedBytes += cost;
  return true;
}

/** The next frame, noted as sent. A text that waits for credit keeps data waiting, too, or data would use up what it waits for. */
export function takeFrame(
  outgoing: Outgoing,
  chunkBytes: number,
  acknowledgement: number,
): TextFrame | DataFrame | undefined {
  if (outgoing.toResend > 0) return resend(outgoing, acknowledgement);
  const text = outgoing.texts?.peekFront();
  if (text !== undefined) return fitsText(outgoing, text) ? sendText(outgoing, text, acknowledgement) : undefined;
  const whole = outgoing.data?.peekFront();
  if (whole === undefined) return undefined;
  const bytes = Math.min(pieceRoom(outgoing, whole), chunkBytes);
  return bytes > 0 ? sendPiece(outgoing, whole, bytes, acknowledgement) : undefined;
}

/** Whether the credit covers this text. */
export function fitsText(outgoing: Outgoing, text: QueuedText): boolean {
  return text.bytes + MESSAGE_COST_BYTES <= creditLeft(outgoing);
}

/**
 * How many bytes the credit allows the next piece; 0 means wait. With nothing on its way no more credit need come: any is used, but what
 * is for texts alone. Otherwise data that nobody takes over there would stop them, too.
 */
export function pieceRoom(outgoing: Outgoing, whole: QueuedData): number {
  const restBytes = whole.data.length - whole.cutBytes;
  const credit = creditLeft(outgoing) - TEXT_CREDIT_BYTES - (whole.cutBytes === 0 ? MESSAGE_COST_BYTES : 0);
  if (credit >= Math.min(restBytes, SMALLEST_CUT_BYTES)) return Math.min(restBytes, credit);
  return outgoing.unacknowledged?.length ? 0 : Math.max(credit, 0);
}

/** Settles the messages that an acknowledgement completes. */
export function settleUpTo(outgoing: Outgoing, acknowledgement: number): void {
  const queue = outgoing.unacknowledged;
  // Asked anew each time: a settlement may send the next message at once, or close the delivery.
  while (queue !== undefined && queue.length > stillOut(outgoing, acknowledgement)) {
    const sent = queue.shift();
    if (sent === undefined) return;
    outgoing.toResend = Math.min(outgoing.toResend, queue.length);
    const settle = settlementOf(sent);
    if (settle === undefined) continue;
    outgoing.queuedBytes -= MESSAGE_COST_BYTES + (sent.type === 'text' ? sent.bytes : sent.whole.data.length);
    settle();
  }
}

/** How many frames were sent after the one that is acknowledged; negative for one that was never sent. */
export function stillOut(outgoing: Outgoing, acknowledgement: number): number {
  return compareSerial(outgoing.nextSequence, acknowledgement, COUNTER_BITS) - 1;
}

/** What to call when this frame is the last of its message; the earlier pieces of data settle nothing. */
export function settlementOf(sent: QueuedText | SentPiece): Settle | undefined {
  if (sent.type === 'text') return sent.settle;
  return sent.end === sent.whole.data.length ? sent.whole.settle : undefined;
}

function creditLeft(outgoing: Outgoing): number {
  return compareSerial(outgoing.creditLimit, outgoing.spentCredit, COUNTER_BITS);
}

function resend(outgoing: Outgoing, acknowledgement: number): TextFrame | DataFrame | undefined {
  const sent = outgoing.unacknowledged?.peekAt(outgoing.unacknowledged.length - outgoing.toResend);
  if (sent === undefined) return undefined;
  const sequence = addSerial(outgoing.nextSequence, -outgoing.toResend, COUNTER_BITS);
  outgoing.toResend -= 1;
  return sent.type === 'text'
    ? textFrame(outgoing, sent, sequence, acknowledgement)
    : dataFrame(outgoing, sent, sequence, acknowledgement);
}

function sendText(outgoing: Outgoing, text: QueuedText, acknowledgement: number): TextFrame {
  outgoing.texts?.shift();
  outgoing.textsSent += 1;
  noteLeft(outgoing, text.bytes);
  return textFrame(outgoing, text, noteSent(outgoing, text, text.bytes + MESSAGE_COST_BYTES), acknowledgement);
}

function sendPiece(outgoing: Outgoing, whole: QueuedData, bytes: number, acknowledgement: number): DataFrame {
  const start = whole.cutBytes;
  const piece: SentPiece = { type: 'piece', whole, start, end: start + bytes };
  whole.cutBytes = piece.end;
  if (piece.end === whole.data.length) {
    outgoing.data?.shift();
    outgoing.dataSent += 1;
  }
  noteLeft(outgoing, bytes);
  const cost = start === 0 ? bytes + MESSAGE_COST_BYTES : bytes;
  return dataFrame(outgoing, piece, noteSent(outgoing, piece, cost), acknowledgement);
}

function noteLeft(outgoing: Outgoing, bytes: number): void {
  outgoing.bytesSent += bytes;
  outgoing.bytesQueued -= bytes;
}

/** Spends the credit and gives the frame its sequence number. */
function noteSent(outgoing: Outgoing, sent: QueuedText | SentPiece, cost: number): number {
  const sequence = outgoing.nextSequence;
  outgoing.nextSequence = addSerial(sequence, 1, COUNTER_BITS);
  outgoing.spentCredit = addSerial(outgoing.spentCredit, cost, COUNTER_BITS);
  outgoing.unacknowledged ??= new Denque();
  outgoing.unacknowledged.push(sent);
  return sequence;
}

function textFrame(outgoing: Outgoing, queued: QueuedText, sequence: number, acknowledgement: number): TextFrame {
  const { text, bytes } = queued;
  return { type: 'text', session: outgoing.remoteSession, sequence, acknowledgement, text, bytes };
}

function dataFrame(outgoing: Outgoing, piece: SentPiece, sequence: number, acknowledgement: number): DataFrame {
  const { data } = piece.whole;
  return {
    type: 'data',
    session: outgoing.remoteSession,
    sequence,
    acknowledgement,
    isFirst: piece.start === 0,
    isLast: piece.end === data.length,
    payload: data.subarray(piece.start, piece.end),
  };
}
