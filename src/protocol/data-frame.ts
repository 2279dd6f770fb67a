/** Binary frames of the gateway: data that a client sends, and data that its sessions received. Numbers are big-endian. */
import { isIdempotencyKey } from './idempotency-key.js';
import { MAX_IDEMPOTENCY_KEY_CHARACTERS } from './limits.js';

/** First byte: the upper half is the version of the layout, the lower half says which frame it is. */
const SEND_DATA = 0x11;
const RECEIVE_DATA = 0x12;
const SEND_DATA_ONCE = 0x13;

/** `u8 0x11 | u32 request id | u32 session id | payload`. */
const SEND_DATA_HEADER_BYTES = 9;
/** `u8 0x13 | u32 request id | u32 session id | u8 length of the key | key in ASCII | payload`; without key and payload. */
const SEND_DATA_ONCE_HEADER_BYTES = SEND_DATA_HEADER_BYTES + 1;
/** What a frame with the longest key adds to its payload. */
export const LONGEST_SEND_DATA_HEADER_BYTES = SEND_DATA_ONCE_HEADER_BYTES + MAX_IDEMPOTENCY_KEY_CHARACTERS;
/** `u8 0x12 | u32 session id | u64 offset | payload`. */
const RECEIVE_DATA_HEADER_BYTES = 13;
/** Largest request id of a binary frame. */
export const MAX_BINARY_REQUEST_ID = 0xffff_ffff;

/** A call of `sendData`; its answer is the ordinary JSON answer to `requestId`. */
export interface SendData {
  readonly requestId: number;
  readonly sessionId: number;
  /** A view into the frame. */
  readonly payload: Uint8Array;
  /** As `idempotencyKey` of the other calls; undefined without one. */
  readonly key: string | undefined;
}

/** What 'receiveData' hands to a listener, with the event's offset. */
export interface ReceivedData {
  readonly sessionId: number;
  readonly offset: number;
  /** A view into the frame. */
  readonly payload: Uint8Array;
}

/** Throws RangeError when an id does not fit 32 bits, or the key is none. */
export function writeSendData(
  requestId: number,
  sessionId: number,
  payload: Uint8Array,
  key?: string,
): Uint8Array<ArrayBuffer> {
  const keyBytes = key === undefined ? undefined : ascii.encode(checkKey(key));
  const start = SEND_DATA_HEADER_BYTES + (keyBytes === undefined ? 0 : 1 + keyBytes.length);
  const frame = new Uint8Array(start + payload.length);
  const view = new DataView(frame.buffer);
  view.setUint8(0, keyBytes === undefined ? SEND_DATA : SEND_DATA_ONCE);
  view.setUint32(1, checkU32(requestId));
  view.setUint32(5, checkU32(sessionId));
  if (keyBytes !== undefined) {
    view.setUint8(SEND_DATA_HEADER_BYTES, keyBytes.length);
    frame.set(keyBytes, SEND_DATA_ONCE_HEADER_BYTES);
  }
  frame.set(payload, start);
  return frame;
}

/** Gives a frame of writeSendData another request id, for another connection. Throws RangeError when it does not fit 32 bits. */
export function setRequestId(frame: Uint8Array, requestId: number): void {
  new DataView(frame.buffer, frame.byteOffset).setUint32(1, checkU32(requestId));
}

/** Undefined when the frame is shorter than its header, of another kind or version, or its key is not as a key must be. */
export function readSendData(frame: Uint8Array): SendData | undefined {
  if (frame.length < SEND_DATA_HEADER_BYTES) return undefined;
  if (frame[0] === SEND_DATA) return readCall(frame, undefined, SEND_DATA_HEADER_BYTES);
  const start = SEND_DATA_ONCE_HEADER_BYTES + (frame[SEND_DATA_HEADER_BYTES] ?? 0);
  if (frame[0] !== SEND_DATA_ONCE || frame.length < start) return undefined;
  const key = readKey(frame.subarray(SEND_DATA_ONCE_HEADER_BYTES, start));
  return key === undefined ? undefined : readCall(frame, key, start);
}

function readCall(frame: Uint8Array, key: string | undefined, start: number): SendData {
  const view = new DataView(frame.buffer, frame.byteOffset, SEND_DATA_HEADER_BYTES);
  return { requestId: view.getUint32(1), sessionId: view.getUint32(5), payload: frame.subarray(start), key };
}

/** One byte a character: whatever is not ASCII comes out as no key. */
function readKey(bytes: Uint8Array): string | undefined {
  const key = String.fromCharCode(...bytes);
  return isIdempotencyKey(key) ? key : undefined;
}

/** Only the header: the payload follows it on the wire without being copied. Throws RangeError when a number does not fit. */
export function writeReceivedDataHeader(sessionId: number, offset: number): Uint8Array<ArrayBuffer> {
  const header = new Uint8Array(RECEIVE_DATA_HEADER_BYTES);
  const view = new DataView(header.buffer);
  view.setUint8(0, RECEIVE_DATA);
  view.setUint32(1, checkU32(sessionId));
  view.setUint32(5, checkU32(Math.floor(offset / TWO_TO_32)));
  view.setUint32(9, offset % TWO_TO_32);
  return header;
}

/** Undefined when the frame is shorter than its header, of another kind or version, or its offset is beyond 2^53. */
export function readReceivedData(frame: Uint8Array): ReceivedData | undefined {
  if (frame.length < RECEIVE_DATA_HEADER_BYTES || frame[0] !== RECEIVE_DATA) return undefined;
  const view = new DataView(frame.buffer, frame.byteOffset, RECEIVE_DATA_HEADER_BYTES);
  const offset = view.getUint32(5) * TWO_TO_32 + view.getUint32(9);
  if (!Number.isSafeInteger(offset)) return undefined;
  return { sessionId: view.getUint32(1), offset, payload: frame.subarray(RECEIVE_DATA_HEADER_BYTES) };
}

const TWO_TO_32 = 2 ** 32;
const ascii = new TextEncoder();

function checkKey(key: string): string {
  if (!isIdempotencyKey(key)) throw new RangeError(`not an idempotency key: ${JSON.stringify(key)}`);
  return key;
}

function checkU32(value: number): number {
  if (!Number.isInteger(value) || value < 0 || value >= TWO_TO_32) throw new RangeError(`not a u32: ${value}`);
  return value;
}
