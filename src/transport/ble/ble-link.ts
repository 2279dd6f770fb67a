/** One GATT connection as a Link: packets in and out, no more of them under way than the controller has buffers for. */
import { ReplaySubject, Subject } from 'rxjs';
import type { Clock } from '../clock.js';
import { createInbox } from '../inbox.js';
import type { Link, LinkEnd } from '../transport.js';

export interface BleLinkOptions {
  readonly isDialler: boolean;
  /** See packetBytesFor. */
  readonly packetBytes: number;
  readonly clock: Clock;
  /** Controller buffers this link may fill now: its share, at least 1. */
  readonly share: () => number;
  /** Controller buffers that one packet of this length takes. */
  readonly buffersFor: (bytes: number) => number;
  /** Hands one packet to the stack. */
  readonly send: (packet: Buffer) => void;
  /** Asks the stack to end the connection; called once, and not after `end`. */
  readonly disconnect: () => void;
}

/** The link, and what the stack tells of its connection. */
export interface BleLink {
  readonly link: Link;
  /** It has packets in the controller, or was refused some. */
  isSending(): boolean;
  receive(packet: Uint8Array): void;
  /** Buffers came free. */
  completed(count: number): void;
  /** The connection is over. What is said first counts: a close from here stays 'closed-here'. */
  end(end: LinkEnd): void;
}

/** Packets kept for a reader who is late; further ones are lost, as in any host that stalls. Twice the segment window, and a few acknowledgements. */
const MAX_UNREAD_PACKETS = 168;
/** How long a link that was closed here waits for its last packets to leave. Ten connection intervals of 50 ms. */
const CLOSE_LINGER_MS = 500;

export function createBleLink(options: BleLinkOptions): BleLink {
  const state: State = {
    options,
    inbox: createInbox(MAX_UNREAD_PACKETS),
    writable: new Subject(),
    ended: new ReplaySubject(1),
    buffersUsed: 0,
    hasRefused: false,
    isEnded: false,
    isOver: false,
    timer: undefined,
  };
  return {
    link: {
      isDialler: options.isDialler,
      packetBytes: options.packetBytes,
      packets$: state.inbox.items$,
      write: (packet) => write(state, packet),
      writable$: state.writable.asObservable(),
      ended$: state.ended.asObservable(),
      close: (end = 'closed-here') => close(state, end),
    },
    isSending: () => state.buffersUsed > 0 || (state.hasRefused && !state.isEnded),
    receive: (packet) => void state.inbox.push(packet),
    completed: (count) => completed(state, count),
    end: (end) => {
      if (state.isOver) return;
      state.isOver = true;
      options.clock.clearTimeout(state.timer);
      finish(state, end);
    },
  };
}

interface State {
  readonly options: BleLinkOptions;
  readonly inbox: ReturnType<typeof createInbox<Uint8Array>>;
  readonly writable: Subject<void>;
  readonly ended: ReplaySubject<LinkEnd>;
  buffersUsed: number;
  hasRefused: boolean;
  /** The link has ended for its user. */
  isEnded: boolean;
  /** The connection below has ended, or was asked to. */
  isOver: boolean;
  timer: unknown;
}

function write(state: State, packet: Uint8Array): boolean {
  const { packetBytes, share, buffersFor, send } = state.options;
  if (packet.length > packetBytes) {
    throw new RangeError(`a packet of ${packet.length} bytes is too long: ${packetBytes} fit`);
  }
  if (state.isEnded) return false;
  if (state.buffersUsed >= share()) {
    state.hasRefused = true;
    return false;
  }
  state.buffersUsed += buffersFor(packet.length);
  send(Buffer.from(packet.buffer, packet.byteOffset, packet.byteLength));
  return true;
}

/** Answers of the stack's own count, too: at worst a buffer or two is used early. */
function completed(state: State, count: number): void {
  state.buffersUsed = Math.max(0, state.buffersUsed - count);
  if (state.isEnded) {
    if (state.buffersUsed === 0) leave(state);
  } else if (state.hasRefused && state.buffersUsed < state.options.share()) {
    state.hasRefused = false;
    state.writable.next();
  }
}

/** What was taken still leaves: the controller drops its queue when it is told to disconnect. */
function close(state: State, end: LinkEnd): void {
  if (state.isEnded) return;
  finish(state, end);
  if (state.isOver) return;
  if (state.buffersUsed === 0) leave(state);
  else state.timer = state.options.clock.setTimeout(() => leave(state), CLOSE_LINGER_MS);
}

function leave(state: State): void {
  if (state.isOver) return;
  state.isOver = true;
  state.options.clock.clearTimeout(state.timer);
  state.options.disconnect();
}

function finish(state: State, end: LinkEnd): void {
  if (state.isEnded) return;
  state.isEnded = true;
  state.inbox.end();
  state.writable.complete();
  state.ended.next(end);
  state.ended.complete();
}
