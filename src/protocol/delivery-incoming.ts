/** The incoming half of a delivery: what a payload frame may be, its cost, joining pieces. Called by delivery.ts only. */
import type { DataFrame, TextFrame } from './frame.js';
import { CREDIT_STEP_BYTES, CREDIT_WINDOW_BYTES, MAX_DATA_BYTES, MESSAGE_COST_BYTES } from './limits.js';
import { addSerial, COUNTER_BITS, compareSerial } from './serial.js';

/** Gets whole messages, each exactly once and in order. Their credit comes back when the app has taken them, see `noteTaken`. */
export interface MessageSink {
  onText(text: string, creditBytes: number): void;
  onData(buffer: ArrayBuffer, creditBytes: number): void;
  /** Whether the app takes data now: then the credit of a piece comes back at once, so that data may be larger than all credit. */
  isTakingData(): boolean;
}

/** Data that has arrived in part: the first `usedBytes` of `slab`. */
interface Assembly {
  slab: Uint8Array<ArrayBuffer>;
  usedBytes: number;
  /** What of `untakenCredit` its pieces have cost. */
  untakenCredit: number;
}

export interface Incoming {
  /** Sequence of the last payload frame that arrived. */
  received: number;
  /** Credit the peer has used so far and the total it was granted, both modulo 2^32. */
  usedCredit: number;
  grantedLimit: number;
  /** Cost of what has arrived and the app has not taken: so much is not granted again. */
  untakenCredit: number;
  assembly: Assembly | undefined;
  isAcknowledgementDue: boolean;
  /** What arrived, for people. */
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
  const cost = costOf(frame);
  incoming.untakenCredit += cost;
  if (frame.type === 'text') {
    incoming.textsReceived += 1;
    incoming.bytesReceived += frame.bytes;
    return sink.onText(frame.text, cost);
  }
  if (frame.isLast) incoming.dataReceived += 1;
  incoming.bytesReceived += frame.payload.length;
  if (frame.isFirst && frame.isLast) return sink.onData(ownBuffer(frame.payload), cost);
  incoming.assembly ??= { slab: new Uint8Array(0), usedBytes: 0, untakenCredit: 0 };
  const { assembly } = incoming;
  append(assembly, frame.payload);
  assembly.untakenCredit += cost;
  if (!frame.isLast) return sink.isTakingData() ? takePieces(incoming) : undefined;
  incoming.assembly = undefined;
  sink.onData(assembly.slab.buffer.slice(0, assembly.usedBytes), assembly.untakenCredit);
}

/** The app takes data from now on: what is here of one that still arrives keeps no credit back. */
export function takePieces(incoming: Incoming): void {
  const { assembly } = incoming;
  if (assembly === undefined) return;
  incoming.untakenCredit -= assembly.untakenCredit;
  assembly.untakenCredit = 0;
}

/** Bytes that the app has taken and that may be granted again. */
export function ungrantedCredit({ usedCredit, untakenCredit, grantedLimit }: Incoming): number {
  const limit = addSerial(usedCredit, CREDIT_WINDOW_BYTES - untakenCredit, COUNTER_BITS);
  return Math.max(0, compareSerial(limit, grantedLimit, COUNTER_BITS));
}

/** Whether to grant it now: in steps, but where so much waits for the app that the peer has little left, even the smallest part. */
export function isGrantDue(incoming: Incoming): boolean {
  const ungranted = ungrantedCredit(incoming);
  if (ungranted === 0 || ungranted >= CREDIT_STEP_BYTES) return ungranted > 0;
  return compareSerial(incoming.grantedLimit, incoming.usedCredit, COUNTER_BITS) < CREDIT_WINDOW_BYTES / 2;
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
