/** What traces say besides the transitions of charts: calls and their results, events raised, links, frames. */
import type { ConnectResult } from '../protocol/collaboration.js';
import type { Frame } from '../protocol/frame.js';
import { note, type Trace, type TraceRow } from './trace.js';

/** The API reference's calls about one session, and what came of them. Calls without a result of their own have no entry for it. */
export const CALLS = {
  create: clientRow('call', 'createAbilityConnectionSession'),
  connect: clientRow('call', 'connect'),
  acceptConnect: clientRow('call', 'acceptConnect'),
  disconnect: clientRow('call', 'disconnect'),
  destroy: clientRow('call', 'destroyAbilityConnectionSession'),
} as const;

export const RESULTS = {
  connected: { ...clientRow('result', 'connect'), detail: { isConnected: true } },
  notConnected: { ...clientRow('result', 'connect'), detail: { isConnected: false } },
  accepted: { ...clientRow('result', 'acceptConnect'), detail: { isAccepted: true } },
  notAccepted: { ...clientRow('result', 'acceptConnect'), detail: { isAccepted: false } },
} as const satisfies Record<string, TraceRow>;

/** Events that the app here was told, if it listened. */
export const RAISED = {
  connect: clientRow('event', 'connect'),
  disconnect: clientRow('event', 'disconnect'),
} as const;

/** A message has come that no listener stands for, the first of its kind. */
export const UNHEARD: TraceRow = clientRow('event', 'waits for a listener');

export const LINK = {
  up: { lane: 'link', kind: 'event', name: 'up' },
  lost: { lane: 'link', kind: 'event', name: 'lost' },
  refused: { lane: 'link', kind: 'event', name: 'refused' },
} as const satisfies Record<string, TraceRow>;

/** Frames of a session's life. Payload and acknowledgements are only counted. */
export type LifeFrameType = Exclude<Frame['type'], 'text' | 'data' | 'acknowledge' | 'ping' | 'pong'>;

/** Written to the link. */
export const SENT = frameRows('link', { direction: 'sent' });
/** There is no link: the chart says it again when there is one, and a close of a conversation is kept for it. */
export const UNSENT = frameRows('link', { direction: 'not sent, no link' });
/** What the far side said. */
export const HEARD = frameRows('far', { direction: 'received' });

/** What `connect` gives its caller. */
export function noteConnectResult(trace: Trace, { isConnected, errorCode, reason = '' }: ConnectResult): void {
  if (isConnected) return note(trace, RESULTS.connected);
  note(trace, RESULTS.notConnected, errorCode === undefined ? { reason } : { errorCode, reason });
}

function clientRow(kind: TraceRow['kind'], name: string): TraceRow {
  return { lane: 'client', kind, name };
}

function frameRows(lane: TraceRow['lane'], detail: TraceRow['detail']): Readonly<Record<LifeFrameType, TraceRow>> {
  const row = (name: LifeFrameType): TraceRow => ({ lane, kind: 'frame', name, ...(detail && { detail }) });
  return {
    open: row('open'),
    accept: row('accept'),
    confirm: row('confirm'),
    reject: row('reject'),
    resume: row('resume'),
    close: row('close'),
  };
}
