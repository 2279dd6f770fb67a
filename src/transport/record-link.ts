/** Records over a link that may lose packets: joins the link, the segment stream and the clock. */
import { type Observable, Subject, type Subscription } from 'rxjs';
import { SegmentError } from '../protocol/segment.js';
import { createSegmentStream, type SegmentStream } from '../protocol/segment-stream.js';
import type { Clock } from './clock.js';
import { createInbox, type Inbox } from './inbox.js';
import type { Link, LinkEnd } from './transport.js';

export interface RecordLinkOptions {
  readonly clock: Clock;
  /** Longest record taken from the other side, in bytes. */
  readonly maxRecordBytes: number;
  /** Bytes that may wait for the radio before `isWritable` turns false. */
  readonly queueBytes: number;
}

/** Records arrive once and in order, or the link ends: 'silent' or 'protocol-violation' besides the ends of the link itself. */
export interface RecordLink {
  /** Hot; keeps what arrives before its first subscriber and completes when the link ends. */
  readonly records$: Observable<Uint8Array>;
  /** Queues a record of at least one byte, which must not change any more; after the end it does nothing. */
  write(record: Uint8Array): void;
  isWritable(): boolean;
  /** Emits when `isWritable` turns true again. */
  readonly writable$: Observable<void>;
  /** Emits whenever everything written so far has arrived. */
  readonly idle$: Observable<void>;
  readonly ended$: Observable<LinkEnd>;
  /** For the time after the handshake, when longer records are allowed. */
  setMaxRecordBytes(bytes: number): void;
  /** Gives the link what it still takes, then ends it. */
  close(end?: LinkEnd): void;
}

export function createRecordLink(link: Link, options: RecordLinkOptions): RecordLink {
  const { clock, maxRecordBytes, queueBytes } = options;
  const state: State = {
    link,
    clock,
    queueBytes,
    segments: createSegmentStream({ packetBytes: link.packetBytes, maxRecordBytes }),
    records: createInbox(),
    writable: new Subject(),
    idle: new Subject(),
    refused: undefined,
    isFull: false,
    isPumping: false,
    isEnded: false,
    timer: undefined,
    timerAtMs: 0,
    subscription: undefined,
  };
  listen(state);
  return {
    records$: state.records.items$,
    write: (record) => write(state, record),
    isWritable: () => !state.isFull,
    writable$: state.writable.asObservable(),
    idle$: state.idle.asObservable(),
    ended$: link.ended$,
    setMaxRecordBytes: state.segments.setMaxRecordBytes,
    close: (end) => {
      pump(state);
      link.close(end);
    },
  };
}

interface State {
  readonly link: Link;
  readonly clock: Clock;
  readonly queueBytes: number;
  readonly segments: SegmentStream;
  readonly records: Inbox<Uint8Array>;
  readonly writable: Subject<void>;
  readonly idle: Subject<void>;
  /** A packet that the link did not take; it counts as sent. */
  refused: Uint8Array | undefined;
  isFull: boolean;
  isPumping: boolean;
  isEnded: boolean;
  timer: unknown;
  timerAtMs: number;
  subscription: Subscription | undefined;
}

function listen(state: State): void {
  const { link } = state;
  state.subscription = link.writable$.subscribe(() => pump(state));
  // After the end of the link, what was kept may still be read, but nothing is answered.
  link.ended$.subscribe(() => finish(state));
  state.subscription.add(link.packets$.subscribe((packet) => receive(state, packet)));
}

function finish(state: State): void {
  state.isEnded = true;
  state.clock.clearTimeout(state.timer);
  state.subscription?.unsubscribe();
  state.records.end();
  state.writable.complete();
  state.idle.complete();
}

function receive(state: State, packet: Uint8Array): void {
  guard(state, () => {
    for (const record of state.segments.receive(packet, state.clock.now())) state.records.push(record);
    pumpLater(state);
  });
}

function write(state: State, record: Uint8Array): void {
  if (state.isEnded) return;
  state.segments.push(record);
  state.isFull = state.segments.queuedBytes() >= state.queueBytes;
  pumpLater(state);
}

/** Packets of one turn are acknowledged together, and by the answers to them where there are any. */
function pumpLater(state: State): void {
  if (state.isPumping) return;
  state.isPumping = true;
  queueMicrotask(() => {
    state.isPumping = false;
    pump(state);
  });
}

/** Gives the link what is due, until there is no more or it takes no more. */
function pump(state: State): void {
  if (state.isEnded) return;
  guard(state, () => {
    const { link, clock, segments } = state;
    const nowMs = clock.now();
    for (;;) {
      state.refused ??= segments.nextPacket(nowMs);
      if (state.refused === undefined || !link.write(state.refused)) break;
      state.refused = undefined;
    }
    // A radio that has enough to do says when it takes the next packet.
    if (state.refused === undefined) setTimer(state, nowMs);
    if (segments.isIdle()) state.idle.next();
    if (state.isFull && segments.queuedBytes() < state.queueBytes) {
      state.isFull = false;
      state.writable.next();
    }
  });
}

/** Deadlines mostly move away: a timer that comes too early finds nothing to do, which is cheaper than a new one for each packet. */
function setTimer(state: State, nowMs: number): void {
  const deadlineMs = state.segments.nextDeadlineMs();
  if (deadlineMs === undefined || (state.timer !== undefined && state.timerAtMs <= deadlineMs)) return;
  state.clock.clearTimeout(state.timer);
  state.timerAtMs = deadlineMs;
  state.timer = state.clock.setTimeout(
    () => {
      state.timer = undefined;
      pump(state);
    },
    Math.max(0, deadlineMs - nowMs),
  );
}

/** The other side broke a rule or fell silent: that ends the link. */
function guard(state: State, work: () => void): void {
  try {
    work();
  } catch (error) {
    if (!(error instanceof SegmentError)) throw error;
    state.link.close(error.reason);
  }
}
