/** The events of one app from the moment they happen until its client is known to have them, numbered from 1. */
import Denque from 'denque';
import { EVENT_COST_BYTES } from '../protocol/limits.js';

/** A ready notification, or data for a binary frame. */
export type LoggedEvent = string | LoggedData;

export interface LoggedData {
  readonly sessionId: number;
  readonly offset: number;
  readonly data: ArrayBuffer;
}

export interface EventLog {
  /** The number the next event will have. */
  readonly nextOffset: number;
  /** The last event that the client has; everything after it is kept. */
  readonly confirmedOffset: number;
  /** The last event that was handed to the present connection. */
  readonly sentOffset: number;
  /** The last event that was handed to any connection: a client may have it, whatever the present one has got so far. */
  readonly reachedOffset: number;
  /** What is kept, and the part of it that was sent. Texts count one byte a character: close enough for a bound. */
  readonly keptBytes: number;
  readonly sentBytes: number;
  /** `event` carries `nextOffset`. */
  append(event: LoggedEvent): void;
  /** The oldest event that was not sent; it counts as sent from now on. */
  takeUnsent(): LoggedEvent | undefined;
  /** The client has everything up to here. Offsets that were never sent, or are confirmed already, are ignored. */
  confirm(offset: number): void;
  /** What was sent and not confirmed will be sent again. */
  rewind(): void;
}

export function createEventLog(): EventLog {
  const kept = new Denque<LoggedEvent>();
  const log = {
    nextOffset: 1,
    confirmedOffset: 0,
    sentOffset: 0,
    reachedOffset: 0,
    keptBytes: 0,
    sentBytes: 0,

    append(event: LoggedEvent) {
      kept.push(event);
      log.nextOffset += 1;
      log.keptBytes += costOf(event);
    },
    takeUnsent() {
      const event = kept.peekAt(log.sentOffset - log.confirmedOffset);
      if (event === undefined) return undefined;
      log.sentOffset += 1;
      log.reachedOffset = Math.max(log.reachedOffset, log.sentOffset);
      log.sentBytes += costOf(event);
      return event;
    },
    confirm(offset: number) {
      if (offset > log.reachedOffset) return;
      while (log.confirmedOffset < offset) {
        const event = kept.shift();
        if (event === undefined) return;
        log.confirmedOffset += 1;
        log.keptBytes -= costOf(event);
        if (log.sentOffset < log.confirmedOffset) log.sentOffset = log.confirmedOffset;
        else log.sentBytes -= costOf(event);
      }
    },
    rewind() {
      log.sentOffset = log.confirmedOffset;
      log.sentBytes = 0;
    },
  };
  return log;
}

function costOf(event: LoggedEvent): number {
  return EVENT_COST_BYTES + (typeof event === 'string' ? event.length : event.data.byteLength);
}
