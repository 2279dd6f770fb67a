/** A client's event stream: an outbox that writes Server-Sent Events in place of WebSocket frames. Source: HTML standard, section 9.2. */
import type { ServerResponse } from 'node:http';
import type { SubscriptionTarget } from '../../protocol/calls.js';
import { CLOSE_CODES } from '../../protocol/close-codes.js';
import { readReceivedData } from '../../protocol/data-frame.js';
import { STREAM_BEAT_MS, STREAM_RETRY_MS } from '../../protocol/http-limits.js';
import { EVENT_COST_BYTES, GOODBYE_TIMEOUT_MS } from '../../protocol/limits.js';
import { parseServerFrame } from '../../protocol/rpc.js';
import type { Outbox } from '../outbox.js';
import { type Frame, readFrame } from '../socket-frames.js';
import type { Timers } from '../timers.js';
import { createPositions, type Marker } from './positions.js';

export interface EventStream extends Outbox {
  /** What there is, from which what follows counts. */
  snapshot(state: Marker): void;
  /** Everything that waits is sent, and the response ends. */
  end(): void;
}

export interface EventStreamOptions {
  readonly timers: Timers;
  /** More than this unread ends the stream: its reader comes back with the last id. */
  readonly queueBytes: number;
  /** Of the app whose events come, if one's do. */
  readonly appEpoch: string | undefined;
  /** The app's event with this offset was handed to the system, after `costBytes` of events. */
  readonly onWritten: (offset: number, costBytes: number) => void;
}

/** The head of `response` was written. */
export function createEventStream(response: ServerResponse, options: EventStreamOptions): EventStream {
  const { timers, queueBytes, appEpoch, onWritten } = options;
  const positions = createPositions(appEpoch);
  /** Lists of which only the last counts, of a reader that does not read: see the gauges of docs/gateway.md. */
  const held = new Map<SubscriptionTarget, () => Frame>();
  let isEnded = false;
  let isBeatTaken = true;
  let timer = timers.setTimeout(beat, STREAM_BEAT_MS);

  function write(name: string, marker: Marker): void {
    if (isEnded) return;
    const id = positions.move(name, marker);
    const data = JSON.stringify(marker);
    const isOfApp = name === 'event' || name === 'collaborate';
    const written = isOfApp ? () => onWritten(Number(marker.offset), EVENT_COST_BYTES + data.length) : undefined;
    response.write(`${id === '' ? '' : `id: ${id}\n`}event: ${name}\ndata: ${data}\n\n`, written);
    if (response.writableLength > queueBytes + stream.exemptBytes) stream.close('slow');
  }

  function beat(): void {
    if (!isBeatTaken) return stream.close('slow');
    isBeatTaken = false;
    response.write(':\n\n', () => {
      isBeatTaken = true;
    });
    timer = timers.setTimeout(beat, STREAM_BEAT_MS);
  }

  function end(): void {
    isEnded = true;
    timers.clearTimeout(timer);
    response.end();
    // Whoever does not read cannot be said goodbye to.
    timer = timers.setTimeout(() => response.destroy(), GOODBYE_TIMEOUT_MS);
  }

  function release(): void {
    const builds = [...held.values()];
    held.clear();
    for (const build of builds) stream.sendFrame(build());
  }

  response.once('close', () => {
    isEnded = true;
    timers.clearTimeout(timer);
  });
  response.write(`retry: ${STREAM_RETRY_MS}\n\n`);

  const stream: EventStream = {
    exemptBytes: 0,
    snapshot: (state) => write('snapshot', state),
    sendText(text) {
      const frame = parseServerFrame(text);
      if (frame?.type === 'notification') write(frame.method, frame.params as Marker); // the gateway's own words
    },
    sendFrame(frame) {
      const content = readFrame(frame);
      if (typeof content === 'string') return stream.sendText(content);
      const data = content === undefined ? undefined : readReceivedData(content);
      if (data !== undefined) write('event', toEvent(data));
    },
    sendLatest(target, build) {
      if (!response.writableNeedDrain) return stream.sendFrame(build());
      if (held.size === 0) response.once('drain', release);
      held.set(target, build);
    },
    forgetLatest: (target) => void held.delete(target),
    end: () => (isEnded ? undefined : end()),
    close(kind) {
      if (isEnded) return;
      if (kind === 'slow') return void response.destroy();
      const { code, reason } = CLOSE_CODES[kind];
      write('close', { code, reason });
      end();
    },
  };
  return stream;
}

function toEvent({ sessionId, offset, payload }: NonNullable<ReturnType<typeof readReceivedData>>): Marker {
  return { offset, type: 'receiveData', sessionId, data: Buffer.from(payload).toString('base64') };
}
