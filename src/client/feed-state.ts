/** What a client knows from a subscription: the sessions, or the devices of one kind. */

import type { MethodResult } from '../protocol/calls.js';
import { MAX_TRACE_ENTRIES } from '../protocol/limits.js';
import type { NotificationParams } from '../protocol/notified.js';
import type { SessionSummary, SessionsUpdate, SessionTrace, TraceEntry, TraceUpdate } from './interface.js';

export interface FeedState<Update> {
  /** Takes the answer to `subscribe`: everything, or what changed since the position that was given. */
  begin(result: MethodResult<'subscribe'>): readonly Update[];
  change(update: NotificationParams<'update'>): readonly Update[];
  snapshot(): Update;
}

export function createSessionsState(): FeedState<SessionsUpdate> {
  const known = new Map<number, SessionSummary>();

  function change(session: SessionSummary): SessionsUpdate {
    if (session.state === 'destroyed') known.delete(session.sessionId);
    else known.set(session.sessionId, session);
    return { type: 'change', session };
  }

  function snapshot(): SessionsUpdate {
    return { type: 'snapshot', sessions: [...known.values()] };
  }

  return {
    begin({ recovered, sessions = [] }) {
      if (recovered) return sessions.map(change);
      known.clear();
      for (const session of sessions) known.set(session.sessionId, session);
      return [snapshot()];
    },
    change: ({ session }) => (session === undefined ? [] : [change(session)]),
    snapshot,
  };
}

/** The snapshot that a later subscriber gets has every entry that came meanwhile; its counters are those of the last answer. */
export function createTraceState(): FeedState<TraceUpdate> {
  let known: SessionTrace | undefined;

  function add(entry: TraceEntry): TraceUpdate {
    if (known !== undefined) known = { ...known, offset: entry.offset, ...keep([...known.entries, entry]) };
    return { type: 'change', entry };
  }

  return {
    begin({ recovered, trace }) {
      if (trace === undefined) return [];
      if (recovered) return trace.entries.map(add);
      known = trace;
      return [{ type: 'snapshot', trace }];
    },
    change: ({ entry }) => (entry === undefined ? [] : [add(entry)]),
    snapshot() {
      if (known === undefined) throw new RangeError('a trace is known once its feed has begun');
      return { type: 'snapshot', trace: known };
    },
  };
}

/** As many as the broker keeps, too. */
function keep(entries: readonly TraceEntry[]): Pick<SessionTrace, 'entries' | 'dropped'> {
  const kept = entries.slice(-MAX_TRACE_ENTRIES);
  return { entries: kept, dropped: (kept[0]?.offset ?? 1) - 1 };
}

/** For lists that always come whole; `read` takes the one it is about from what the gateway sent. */
export function createListState<Item>(read: (from: Lists) => readonly Item[] | undefined): FeedState<Snapshot<Item>> {
  let known: readonly Item[] = [];

  function replace(from: Lists): Snapshot<Item>[] {
    const devices = read(from);
    if (devices === undefined) return [];
    known = devices;
    return [snapshot()];
  }

  function snapshot(): Snapshot<Item> {
    return { type: 'snapshot', devices: known };
  }

  return { begin: replace, change: replace, snapshot };
}

type Lists = Pick<MethodResult<'subscribe'>, 'devices' | 'nearby'>;

interface Snapshot<Item> {
  readonly type: 'snapshot';
  readonly devices: readonly Item[];
}
