/** The place of one app at the gateway: it outlives its client's connection, and keeps what the client does not have yet. */
import { randomBytes } from 'node:crypto';
import type { App, Want } from '../broker/interface.js';
import { writeReceivedDataHeader } from '../protocol/data-frame.js';
import { CONFIRM_EVERY_EVENTS } from '../protocol/limits.js';
import { formatNotification } from '../protocol/rpc.js';
import { createEventLog, type EventLog, type LoggedEvent } from './event-log.js';
import type { Outbox } from './outbox.js';
import { frameBinary, framePing } from './socket-frames.js';

/** Takes the events of an app's sessions. */
export interface EventSink {
  /** `fields` is JSON without the outer braces: everything of an `event` but its offset. */
  raise(fields: string): void;
  raiseData(sessionId: number, data: ArrayBuffer): void;
  /** Asks the client's app for a session. */
  collaborate(want: Want): void;
}

export interface Seat extends EventSink {
  /** Unguessable: who knows it is the client that the seat was given to. */
  readonly epoch: string;
  /** The connection that speaks for the app now. */
  readonly outbox: Outbox | undefined;
  /** The last event that will not be sent again. */
  readonly confirmedOffset: number;
  /** What a pong proves when it repeats the ping: everything sent before it has arrived. */
  readonly sentOffset: number;
  /** The last event that the client can have. */
  readonly reachedOffset: number;
  /** Of events that the client does not have yet. */
  readonly keptBytes: number;
  /** Says whose events these are; once, before any is raised. */
  setApp(app: App): void;
  /** From the next turn on events go to `outbox`, beginning with the first that the client does not have. */
  attach(outbox: Outbox, lastOffset: number | undefined): void;
  /** What happens from now on is kept for whoever comes, within the window. */
  detach(): void;
  confirm(offset: number): void;
}

/** `windowBytes`: how much may be on its way to the client or wait for it; what is more waits in its sessions, on credit. */
export function createSeat(windowBytes: number): Seat {
  const log = createEventLog();
  let app: App | undefined;
  let outbox: Outbox | undefined;
  let pinged = 0;
  let isHoldingBack = false;

  function append(event: LoggedEvent): void {
    log.append(event);
    if (log.keptBytes > windowBytes) holdBack();
    pump();
  }

  function pump(): void {
    if (outbox === undefined) return;
    while (log.sentBytes < windowBytes) {
      const event = log.takeUnsent();
      if (event === undefined) break;
      send(outbox, event);
    }
    outbox.exemptBytes = log.sentBytes;
    if (pinged <= log.confirmedOffset && isConfirmationDue(log, windowBytes)) {
      pinged = log.sentOffset;
      outbox.sendFrame(framePing(String(pinged)));
    }
  }

  function holdBack(): void {
    if (isHoldingBack) return;
    isHoldingBack = true;
    app?.pauseDelivery();
  }

  function letGo(): void {
    if (!isHoldingBack || outbox === undefined || log.keptBytes > windowBytes / 2) return;
    isHoldingBack = false;
    app?.resumeDelivery();
  }

  return {
    epoch: randomBytes(16).toString('base64url'),
    get outbox() {
      return outbox;
    },
    get confirmedOffset() {
      return log.confirmedOffset;
    },
    get sentOffset() {
      return log.sentOffset;
    },
    get reachedOffset() {
      return log.reachedOffset;
    },
    get keptBytes() {
      return log.keptBytes;
    },
    setApp(given) {
      app = given;
    },
    raise: (fields) => append(formatNotification('event', `{"offset":${log.nextOffset},${fields}}`)),
    raiseData: (sessionId, data) => append({ sessionId, offset: log.nextOffset, data }),
    collaborate: (want) =>
      append(formatNotification('collaborate', `{"offset":${log.nextOffset},"want":${JSON.stringify(want)}}`)),
    attach(given, lastOffset) {
      log.confirm(lastOffset ?? 0);
      log.rewind();
      pinged = 0;
      outbox = given;
      queueMicrotask(() => {
        pump();
        letGo();
      });
    },
    detach() {
      outbox = undefined;
    },
    confirm(offset) {
      log.confirm(offset);
      pump();
      letGo();
    },
  };
}

function isConfirmationDue({ sentOffset, confirmedOffset, sentBytes }: EventLog, windowBytes: number): boolean {
  return sentOffset - confirmedOffset >= CONFIRM_EVERY_EVENTS || sentBytes >= windowBytes / 4;
}

function send(outbox: Outbox, event: LoggedEvent): void {
  if (typeof event === 'string') return outbox.sendText(event);
  outbox.sendFrame(frameBinary(writeReceivedDataHeader(event.sessionId, event.offset), new Uint8Array(event.data)));
}
