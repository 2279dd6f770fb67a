/** The incoming half of a delivery: what a payload frame may be, its cost, joining pieces. Called by delivery.ts only. */
import type { DataFrame, TextFrame } from './frame.js';
import { CREDIT_WINDOW_BYTES, MAX_DATA_BYTES, MESSAGE_COST_BYTES } from './limits.js';
import { addSerial, COUNTER_BITS, compareSerial } from './serial.js';

/** Takes whole messages, each exactly once and in order. */
export interface MessageSink {
  onText(text: string, bytes: number): void;
  onData(buffer: ArrayBuffer): void;
}

/** Data that has arrived in part: the first `usedBytes` of `slab`. */
interface Assembly {
  slab: Uint8Array<ArrayBuffer>;
  usedBytes: number;
}

export interface Incoming {
  /** Sequence of the last payload frame that arrived. */
  received: number;
  /** Credit the peer has used so far and the total it was granted, both modulo 2^32. */
  usedCredit: number;
  grantedLimit: number;
  assembly: Assembly | undefined;
  isAcknowledgementDue: boolean;
  isCreditHeld: boolean;
  /** What the app got, for people. */
  textsReceived: number;
  dataReceived: number;
  bytesReceived: number;
}

/** What is wrong with the frame that is next in sequence. */
export function findViolation(incoming: Incoming, frame: TextFrame | DataFrame): string | undefined {
  if (costOf(frame) > compareSerial(incoming.grantedLimit, incoming.usedCredit, COUNTER_BITS)) {
    return 'sends more than its credit';
  }
  if (frame.type === 'text') return undefined;
  if (frame.payload.length === 0) return 'a piece of data is empty';
  if (frame.isFirst && incoming.assembly !== undefined) return 'data begins before the last has ended';
  if (!frame.isFirst && incoming.assembly === undefined) return 'data goes on that never began';
  const totalBytes = (incoming.assembly?.usedBytes ?? 0) + frame.payload.length;
  return totalBytes >= MAX_DATA_BYTES ? 'data is too large' : undefined;
}

/** What a frame costs in credit, in bytes. */
export function costOf(frame: TextFrame | DataFrame): number {
  if (frame.type === 'text') return frame.bytes + MESSAGE_COST_BYTES;
  return frame.payload.length + (frame.isFirst ? MESSAGE_COST_BYTES : 0);
}

/** Gives a text, or data with its last piece, to the sink. */
export function take(incoming: Incoming, frame: TextFrame | DataFrame, sink: MessageSink): void {
  if (frame.type === 'text') {
    incoming.textsReceived += 1;
    incoming.bytesReceived += frame.bytes;
    return sink.onText(frame.text, frame.bytes);
  }
  if (frame.isLast) incoming.dataReceived += 1;
  incoming.bytesReceived += frame.payload.length;
  if (frame.isFirst && frame.isLast) return sink.onData(ownBuffer(frame.payload));
  incoming.assembly ??= { slab: new Uint8Array(0), usedBytes: 0 };
  append(incoming.assembly, frame.payload);
  if (!frame.isLast) return;
  const { slab, usedBytes } = incoming.assembly;
  incoming.assembly = undefined;
  sink.onData(slab.buffer.slice(0, usedBytes));
}

/** Consumed bytes that may be granted back, none while credit is held. */
export function ungrantedCredit(incoming: Incoming): number {
  if (incoming.isCreditHeld) return 0;
  const limit = addSerial(incoming.usedCredit, CREDIT_WINDOW_BYTES, COUNTER_BITS);
  return compareSerial(limit, incoming.grantedLimit, COUNTER_BITS);
}

/** The payload's own buffer if it is nothing but the payload, as between brokers in one process, else a copy. */
function ownBuffer(payload: Uint8Array): ArrayBuffer {
  const { buffer } = payload;
  const isWhole = buffer instanceof ArrayBuffer && buffer.byteLength === payload.length;
  return isWhole ? buffer : new Uint8Array(payload).buffer;
}

/** Copies into a doubling slab: views would keep whole records alive, and tiny pieces would cost many times their bytes. */
function append(assembly: Assembly, payload: Uint8Array): void {
  const neededBytes = assembly.usedBytes + payload.length;
  if (neededBytes > assembly.slab.length) {
    const grown = new Uint8Array(2 * neededBytes);
    grown.set(assembly.slab.subarray(0, assembly.usedBytes));
    assembly.slab = grown;
  }
  assembly.slab.set(payload, assembly.usedBytes);
  assembly.usedBytes = neededBytes;
}
