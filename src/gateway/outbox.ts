/** What is on its way to one client. Everything written in one turn of the event loop goes out in one system call. */
import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import type { SubscriptionTarget } from '../protocol/calls.js';
import { CLOSE_CODES, type CloseKind } from '../protocol/close-codes.js';
import { LAG_QUEUE_SHARE } from '../protocol/limits.js';
import type { Flusher } from './flusher.js';
import { createGauges, formatLag, type Gauges } from './gauges.js';
import { type Frame, framePong, frameTexts } from './socket-frames.js';
import { streamOf } from './socket-internals.js';

export interface Outbox {
  sendText(text: string): void;
  sendFrame(frame: Frame): void;
  /** Only the last one given counts, and it is sent when the client reads. `build` may be called late, or never. */
  sendLatest(target: SubscriptionTarget, build: () => Frame): void;
  /** What of `sendLatest` was not sent will not be. */
  forgetLatest(target: SubscriptionTarget): void;
  /** Bytes that do not count against the limit, because the sender bounds them itself. */
  exemptBytes: number;
  /** Sends what waits, then says goodbye. Nothing can be sent afterwards. */
  close(kind: CloseKind): void;
}

/** That of a WebSocket. */
export interface SocketOutbox extends Outbox {
  /** Answers a ping; of several in one turn the last. Source: RFC 6455, section 5.5.3. */
  sendPong(data: Uint8Array): void;
}

export interface OutboxOptions {
  readonly flusher: Flusher;
  /** More than this unread closes the connection: a reader too slow must not cost the others their memory. */
  readonly queueBytes: number;
  readonly onOverfull: () => void;
}

type Item = string | Frame;

/** Once the socket is closing, whatever is sent vanishes: its client is told by the close code. */
export function createOutbox(socket: WebSocket, { flusher, queueBytes, onOverfull }: OutboxOptions): SocketOutbox {
  let waiting: Item[] = [];
  let gauges: Gauges | undefined;
  let pinged: Uint8Array | undefined;
  let isWarned = false;

  function push(item: Item): void {
    if (waiting.push(item) === 1) flusher.add(flush);
  }

  function flush(): void {
    if (waiting.length === 0 && gauges === undefined && pinged === undefined) return;
    const items = waiting;
    waiting = [];
    if (socket.readyState !== socket.OPEN) return;
    const unread = socket.bufferedAmount - outbox.exemptBytes;
    if (unread > queueBytes) return onOverfull();
    if (unread > queueBytes * LAG_QUEUE_SHARE !== isWarned) warn(unread, items);
    if (pinged !== undefined) items.push(framePong(pinged));
    pinged = undefined;
    if (gauges !== undefined) addGauges(gauges, items);
    writeAll(streamOf(socket), items);
  }

  /** Once whenever the queue grows beyond its share. */
  function warn(unread: number, items: Item[]): void {
    isWarned = !isWarned;
    if (isWarned) items.push(formatLag({ coalesced: 0, queuedBytes: unread }));
  }

  /** Those of a client that does not read wait until the socket has taken everything else. */
  function addGauges(held: Gauges, items: Item[]): void {
    const stream = streamOf(socket);
    if (stream.writableNeedDrain) {
      if (held.hold()) stream.once('drain', flush);
      return;
    }
    gauges = undefined;
    items.push(...held.take(socket.bufferedAmount));
  }

  const outbox: SocketOutbox = {
    exemptBytes: 0,
    sendText: push,
    sendFrame: push,
    sendLatest(target, build) {
      if (gauges === undefined) flusher.add(flush);
      gauges ??= createGauges();
      gauges.set(target, build);
    },
    forgetLatest: (target) => gauges?.forget(target),
    sendPong(data) {
      if (pinged === undefined) flusher.add(flush);
      pinged = data;
    },
    close(kind) {
      flush();
      const { code, reason } = CLOSE_CODES[kind];
      if (socket.readyState === socket.OPEN) socket.close(code, reason);
    },
  };
  return outbox;
}

function writeAll(stream: Duplex, items: readonly Item[]): void {
  const chunks = chunksOf(items);
  const [first] = chunks;
  if (first === undefined) return;
  if (chunks.length === 1) return void stream.write(first); // corking costs a little
  stream.cork();
  for (const chunk of chunks) stream.write(chunk);
  stream.uncork();
}

/** In order; texts that follow each other become one. */
function chunksOf(items: readonly Item[]): Uint8Array[] {
  const chunks: Uint8Array[] = [];
  let texts: string[] = [];
  for (const item of items) {
    if (typeof item === 'string') {
      texts.push(item);
      continue;
    }
    if (texts.length > 0) chunks.push(frameTexts(texts));
    texts = [];
    chunks.push(...item);
  }
  if (texts.length > 0) chunks.push(frameTexts(texts));
  return chunks;
}
