/** What a client knows from a subscription: the sessions, or the devices of one kind. */
import type { MethodResult } from '../protocol/methods.js';
import type { NotificationParams } from '../protocol/notifications.js';
import type { SessionSummary, SessionsUpdate } from './interface.js';

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
