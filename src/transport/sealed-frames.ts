/** Frames over sealed records: packs what is written in one turn, seals it, and opens, checks and unpacks what arrives. */
import type { Frame, PingFrame, PongFrame } from '../protocol/frame.js';
import { decodeFrames, encodeFrames, FrameError, frameBytes } from '../protocol/frame-codec.js';
import { FRAME_HEADER_BYTES } from '../protocol/frame-header.js';
import {
  CHUNK_SEGMENTS,
  MAX_CHUNK_BYTES,
  MAX_RECORD_BYTES,
  MAX_UNREAD_BATCHES,
  SEAL_BYTES,
  SMALLEST_CHUNK_RECORD_BYTES,
} from '../protocol/limits.js';
import { SEGMENT_HEADER_BYTES } from '../protocol/segment.js';
import type { Clock } from './clock.js';
import type { FrameLink, RemoteDevice } from './frame-link.js';
import { createInbox, type Inbox } from './inbox.js';
import { createKeepAlive, type KeepAlive } from './keep-alive.js';
import type { RecordLink } from './record-link.js';
import type { Sealer } from './sealer.js';
import type { LinkEnd } from './transport.js';

/** A frame's length and header: a record has room for one whole chunk. */
const FRAME_COST_BYTES = 2 + FRAME_HEADER_BYTES;

export interface SealedFramesOptions {
  readonly records: RecordLink;
  readonly sealer: Sealer;
  readonly remote: RemoteDevice;
  readonly isDialler: boolean;
  /** Of the link below. */
  readonly packetBytes: number;
  readonly clock: Clock;
}

export interface SealedFrames {
  readonly link: FrameLink;
  /** Takes the next sealed record. */
  receive(record: Uint8Array): void;
}

export function createSealedFrames(options: SealedFramesOptions): SealedFrames {
  const { records, remote, isDialler, packetBytes, clock } = options;
  const chunkBytes = chunkBytesFor(packetBytes);
  const state: State = {
    ...options,
    recordBytes: Math.min(chunkBytes + FRAME_COST_BYTES, MAX_RECORD_BYTES - SEAL_BYTES),
    keepAlive: createKeepAlive({
      clock,
      ask: () => write(state, [PING]),
      onSilent: () => close(state, 'silent'),
    }),
    incoming: createInbox(MAX_UNREAD_BATCHES),
    outgoing: [],
    outgoingBytes: 0,
    isEnded: false,
  };
  records.ended$.subscribe(() => finish(state));
  const link: FrameLink = {
    remote,
    isDialler,
    chunkBytes,
    frames$: state.incoming.items$,
    isWritable: records.isWritable,
    writable$: records.writable$,
    write: (frames) => write(state, frames),
    probe: () => state.keepAlive.probe(),
    ended$: records.ended$,
    close: (end = 'closed-here') => close(state, end),
  };
  return { link, receive: (record) => receive(state, record) };
}

/** Largest piece of data that still lets a text through soon, in bytes; sealed, it fills whole packets. */
function chunkBytesFor(packetBytes: number): number {
  const payloadBytes = packetBytes - SEGMENT_HEADER_BYTES;
  const segments = Math.max(CHUNK_SEGMENTS, Math.ceil(SMALLEST_CHUNK_RECORD_BYTES / payloadBytes));
  return Math.min(MAX_CHUNK_BYTES, segments * payloadBytes - FRAME_COST_BYTES - SEAL_BYTES);
}

interface State extends SealedFramesOptions {
  /** What a record holds at most, unless one frame alone is longer. */
  readonly recordBytes: number;
  readonly keepAlive: KeepAlive;
  readonly incoming: Inbox<readonly Frame[]>;
  /** Frames of the next record. */
  outgoing: Frame[];
  outgoingBytes: number;
  isEnded: boolean;
}

const PING: PingFrame = { type: 'ping', session: 0 };
const PONG: PongFrame = { type: 'pong', session: 0 };

function write(state: State, frames: readonly Frame[]): void {
  if (state.isEnded) return;
  for (const frame of frames) {
    const bytes = frameBytes(frame);
    if (state.outgoingBytes + bytes > state.recordBytes) flush(state);
    // What else is written in this turn joins the record.
    if (state.outgoing.length === 0) queueMicrotask(() => flush(state));
    state.outgoing.push(frame);
    state.outgoingBytes += bytes;
    // At once, so that `isWritable` knows of it: the next piece would stand in the way of texts.
    if (state.outgoingBytes >= state.recordBytes) flush(state);
  }
}

function flush(state: State): void {
  if (state.isEnded || state.outgoing.length === 0) return;
  const sealed = state.sealer.seal(encodeFrames(state.outgoing));
  state.outgoing = [];
  state.outgoingBytes = 0;
  if (sealed === undefined) state.records.close('key-exhausted');
  else state.records.write(sealed);
}

function receive(state: State, record: Uint8Array): void {
  if (state.isEnded) return;
  const plaintext = state.sealer.open(record);
  if (plaintext === undefined) {
    close(state, state.sealer.isExhausted() ? 'key-exhausted' : 'record-not-authentic');
    return;
  }
  state.keepAlive.heard();
  try {
    take(state, decodeFrames(plaintext));
  } catch (error) {
    if (!(error instanceof FrameError)) throw error;
    close(state, 'protocol-violation');
  }
}

/** Signs of life end here. */
function take(state: State, frames: Frame[]): void {
  const isSign = (frame: Frame): boolean => frame.type === 'ping' || frame.type === 'pong';
  const rest = frames.some(isSign) ? frames.filter((frame) => !isSign(frame)) : frames;
  if (rest !== frames && frames.some(({ type }) => type === 'ping')) write(state, [PONG]);
  if (rest.length > 0 && !state.incoming.push(rest)) close(state, 'protocol-violation');
}

function close(state: State, end: LinkEnd): void {
  flush(state);
  state.records.close(end);
}

function finish(state: State): void {
  state.isEnded = true;
  state.keepAlive.stop();
  state.sealer.wipe();
  state.outgoing = [];
  state.incoming.end();
}
