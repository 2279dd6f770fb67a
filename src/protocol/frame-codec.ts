/** The bytes of frames: a record is a run of frames, each after its length. Rules: docs/peer-protocol.md, "Frames". */
import { decodeBody, encodeBody } from './cbor.js';
import { acceptBody, closeBody, confirmBody, openBody, rejectBody, resumeBody } from './control.js';
import type { DataFrame, Frame, TextFrame } from './frame.js';
import { FRAME_HEADER_BYTES, type FrameHeader, readFrameHeader, writeFrameHeader } from './frame-header.js';
import { MAX_MESSAGE_BYTES } from './limits.js';
import type { Shape } from './shape.js';
import { unreachable } from './unreachable.js';

const LENGTH_BYTES = 2;
/** Longest frame, less its length. */
const MAX_FRAME_BYTES = 0xffff;

/** A frame's type byte is its place here, counted from 1. */
const TYPES = [
  'open',
  'accept',
  'confirm',
  'reject',
  'close',
  'resume',
  'text',
  'data',
  'acknowledge',
  'ping',
  'pong',
] as const satisfies readonly Frame['type'][];

const NO_BODY = new Uint8Array(0);
const utf8Writer = new TextEncoder();
// A leading U+FEFF belongs to the text.
const utf8Reader = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** A record breaks the frame rules; nothing of it may be used. */
export class FrameError extends Error {
  override readonly name = 'FrameError';
}

/** What a frame adds to its record, in bytes. */
export function frameBytes(frame: Frame): number {
  return LENGTH_BYTES + FRAME_HEADER_BYTES + lengthOf(bodyOf(frame));
}

/** One record of these frames. Throws RangeError for a frame that is too long and for a text whose `bytes` are wrong. */
export function encodeFrames(frames: readonly Frame[]): Uint8Array<ArrayBuffer> {
  const bodies = frames.map(bodyOf);
  let recordBytes = 0;
  for (const body of bodies) recordBytes += LENGTH_BYTES + FRAME_HEADER_BYTES + lengthOf(body);
  const record = new Uint8Array(recordBytes);
  const view = new DataView(record.buffer);
  let start = 0;
  frames.forEach((frame, index) => {
    const body = bodies[index] ?? NO_BODY;
    const frameLength = FRAME_HEADER_BYTES + lengthOf(body);
    if (frameLength > MAX_FRAME_BYTES) throw new RangeError(`a frame of ${frameLength} bytes is too long`);
    view.setUint16(start, frameLength);
    writeFrameHeader(view, start + LENGTH_BYTES, headerOf(frame));
    const bodyStart = start + LENGTH_BYTES + FRAME_HEADER_BYTES;
    start += LENGTH_BYTES + frameLength;
    if (body instanceof Uint8Array) record.set(body, bodyStart);
    else writeText(record.subarray(bodyStart, start), body);
  });
  return record;
}

/** The frames of a record; payloads are views into it. Throws FrameError. */
export function decodeFrames(record: Uint8Array): Frame[] {
  const view = new DataView(record.buffer, record.byteOffset, record.length);
  const frames: Frame[] = [];
  let start = LENGTH_BYTES;
  while (start <= record.length) {
    const end = start + view.getUint16(start - LENGTH_BYTES);
    if (end < start + FRAME_HEADER_BYTES || end > record.length) throw new FrameError('a frame has a wrong length');
    frames.push(frameOf(readFrameHeader(view, start), record.subarray(start + FRAME_HEADER_BYTES, end)));
    start = end + LENGTH_BYTES;
  }
  if (start !== record.length + LENGTH_BYTES) throw new FrameError('a record ends within a length');
  return frames;
}

/** The body's bytes; a text is its own body and is written in place, without bytes in between. */
function bodyOf(frame: Frame): Uint8Array | TextFrame {
  switch (frame.type) {
    case 'text':
      return frame;
    case 'data':
      return frame.payload;
    case 'open':
      return encodeBody(openBody, frame);
    case 'accept':
      return encodeBody(acceptBody, frame);
    case 'confirm':
      return encodeBody(confirmBody, frame);
    case 'reject':
      return encodeBody(rejectBody, frame);
    case 'close':
      return encodeBody(closeBody, frame);
    case 'resume':
      return encodeBody(resumeBody, frame);
    case 'acknowledge':
    case 'ping':
    case 'pong':
      return NO_BODY;
    default:
      return unreachable(frame);
  }
}

function lengthOf(body: Uint8Array | TextFrame): number {
  return body instanceof Uint8Array ? body.length : body.bytes;
}

function headerOf(frame: Frame): FrameHeader {
  const isData = frame.type === 'data';
  return {
    typeCode: TYPES.indexOf(frame.type) + 1,
    isFirst: isData && frame.isFirst,
    isLast: isData && frame.isLast,
    session: frame.session,
    sequence: frame.type === 'acknowledge' ? frame.creditLimit : 'sequence' in frame ? frame.sequence : 0,
    acknowledgement: 'acknowledgement' in frame ? frame.acknowledgement : 0,
  };
}

function writeText(target: Uint8Array, { text, bytes }: TextFrame): void {
  const { read, written } = utf8Writer.encodeInto(text, target);
  if (read !== text.length || written !== bytes) throw new RangeError(`a text does not have ${bytes} bytes`);
}

function frameOf(header: FrameHeader, body: Uint8Array): Frame {
  const type = TYPES[header.typeCode - 1];
  if (type !== 'data' && (header.isFirst || header.isLast)) throw new FrameError('only data has flags');
  switch (type) {
    case 'text':
      return textOf(header, body);
    case 'data':
      return dataOf(header, body);
    case 'acknowledge': {
      const { session, sequence: creditLimit, acknowledgement } = header;
      if (body.length > 0) throw new FrameError(`${type} has no body`);
      return { type, session, acknowledgement, creditLimit };
    }
    default:
      return controlOf(type, header, body);
  }
}

function textOf({ session, sequence, acknowledgement }: FrameHeader, body: Uint8Array): TextFrame {
  const bytes = body.length;
  if (bytes > MAX_MESSAGE_BYTES) throw new FrameError(`a text has ${bytes} bytes`);
  try {
    return { type: 'text', session, sequence, acknowledgement, text: utf8Reader.decode(body), bytes };
  } catch (cause) {
    throw new FrameError('a text is not UTF-8', { cause });
  }
}

function dataOf({ session, sequence, acknowledgement, isFirst, isLast }: FrameHeader, payload: Uint8Array): DataFrame {
  if (payload.length === 0) throw new FrameError('a piece of data is empty');
  return { type: 'data', session, sequence, acknowledgement, isFirst, isLast, payload };
}

function controlOf(
  type: Exclude<(typeof TYPES)[number], 'text' | 'data' | 'acknowledge'> | undefined,
  { session, sequence, acknowledgement }: FrameHeader,
  body: Uint8Array,
): Frame {
  if (sequence !== 0 || acknowledgement !== 0) throw new FrameError(`${type} has numbers it does not need`);
  switch (type) {
    case 'open':
      return { type, session: zero(session), ...read(openBody, body) };
    case 'accept':
      return { type, session, ...read(acceptBody, body) };
    case 'confirm':
      return { type, session, ...read(confirmBody, body) };
    case 'reject':
      return { type, session, ...read(rejectBody, body) };
    case 'close':
      return { type, session, ...read(closeBody, body) };
    case 'resume':
      return { type, session, ...read(resumeBody, body) };
    case 'ping':
    case 'pong':
      if (body.length > 0) throw new FrameError(`${type} has no body`);
      return { type, session: zero(session) };
    case undefined:
      throw new FrameError('a frame has an unknown type');
    default:
      return unreachable(type);
  }
}

function read<T>(shape: Shape<T>, bytes: Uint8Array): T {
  const body = decodeBody(shape, bytes);
  if (body === undefined) throw new FrameError('a body is malformed');
  return body;
}

function zero(session: number): 0 {
  if (session !== 0) throw new FrameError('a frame that belongs to no session names one');
  return 0;
}
