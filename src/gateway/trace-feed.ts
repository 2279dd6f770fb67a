/** The subscriptions to traces of sessions. The broker makes entries for them only while there is one. */
import type { Subscription } from 'rxjs';
import type { Broker, SessionTrace, TracedEntry } from '../broker/interface.js';
import type { MethodResult } from '../protocol/calls.js';
import { BrokerError } from '../protocol/errors.js';
import { MAX_TRACE_SUBSCRIPTIONS } from '../protocol/limits.js';
import { formatNotification } from '../protocol/rpc.js';
import type { Outbox } from './outbox.js';
import type { Audience, Position } from './session-feed.js';
import { frameTexts } from './socket-frames.js';

export interface TraceFeed {
  /** Throws BrokerError `sessionNotFound` when there is none, or none that the audience may see. */
  read(sessionId: number, audience: Audience): SessionTrace;
  /** As read; with what followed `since` only, where the trace still has all of it. Throws `invalidRequest` when the client has too many. */
  join(outbox: Outbox, sessionId: number, audience: Audience, since: Position | undefined): MethodResult<'subscribe'>;
  /** Of one session, or of all. */
  leave(outbox: Outbox, sessionId?: number): void;
  close(): void;
}

export function createTraceFeed(broker: Pick<Broker, 'traces$' | 'traceSession'>): TraceFeed {
  const watchers = new Map<number, Set<Outbox>>();
  const watched = new Map<Outbox, Set<number>>();
  let subscription: Subscription | undefined;
  let epoch = '';

  function tell({ sessionId, entry }: TracedEntry): void {
    const members = watchers.get(sessionId);
    if (members === undefined) return;
    const head = `{"subscription":"trace","sessionId":${sessionId},"epoch":"${epoch}","offset":${entry.offset}`;
    const frame = [frameTexts([formatNotification('update', `${head},"entry":${JSON.stringify(entry)}}`)])];
    for (const outbox of members) outbox.sendFrame(frame);
  }

  function read(sessionId: number, audience: Audience): SessionTrace {
    const trace = broker.traceSession(sessionId);
    const isVisible = audience === undefined || trace?.session.app.bundleName === audience;
    if (trace !== undefined && isVisible) return trace;
    throw new BrokerError('sessionNotFound', `There is no trace of a session ${sessionId}.`);
  }

  function watch(outbox: Outbox, sessionId: number): void {
    const own = watched.get(outbox) ?? new Set();
    if (!own.has(sessionId) && own.size >= MAX_TRACE_SUBSCRIPTIONS) {
      throw new BrokerError('invalidRequest', `A connection may subscribe to ${MAX_TRACE_SUBSCRIPTIONS} traces.`);
    }
    watched.set(outbox, own.add(sessionId));
    watchers.set(sessionId, (watchers.get(sessionId) ?? new Set()).add(outbox));
    subscription ??= broker.traces$.subscribe(tell);
  }

  function forget(outbox: Outbox, sessionId: number): void {
    watched.get(outbox)?.delete(sessionId);
    if (watched.get(outbox)?.size === 0) watched.delete(outbox);
    watchers.get(sessionId)?.delete(outbox);
    if (watchers.get(sessionId)?.size === 0) watchers.delete(sessionId);
    if (watchers.size > 0) return;
    subscription?.unsubscribe();
    subscription = undefined;
  }

  return {
    read,
    join(outbox, sessionId, audience, since) {
      const whole = read(sessionId, audience);
      watch(outbox, sessionId);
      epoch = whole.epoch;
      const recovered = hasAllSince(whole, since);
      const entries = recovered ? whole.entries.filter(({ offset }) => offset > since.offset) : whole.entries;
      const { offset } = whole;
      return { subscription: 'trace', sessionId, epoch, offset, recovered, trace: { ...whole, entries } };
    },
    leave(outbox, sessionId) {
      const ids = sessionId === undefined ? [...(watched.get(outbox) ?? [])] : [sessionId];
      for (const id of ids) forget(outbox, id);
    },
    close: () => subscription?.unsubscribe(),
  };
}

/** Whether everything after that position is still there: then the gap is whole. */
function hasAllSince({ epoch, offset, dropped }: SessionTrace, since: Position | undefined): since is Position {
  return since?.epoch === epoch && since.offset <= offset && since.offset >= dropped;
}
