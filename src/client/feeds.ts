/** The subscriptions of a client, by target. */
import { BrokerError } from '../protocol/errors.js';
import type { NotificationParams } from '../protocol/notified.js';
import type { Connection } from './connection.js';
import { createFeed, type Feed, type Use } from './feed.js';
import { createListState, createSessionsState, createTraceState } from './feed-state.js';
import type { TandemClient, TraceUpdate, UpdateOf } from './interface.js';

export interface Feeds {
  readonly subscribe: TandemClient['subscribe'];
  readonly subscribeTrace: TandemClient['subscribeTrace'];
  /** Goes on where the last connection ended. */
  restore(connection: Connection): Promise<void>;
  onUpdate(update: NotificationParams<'update'>): void;
}

export function createFeeds(use: Use): Feeds {
  const feeds: { readonly [Target in keyof UpdateOf]: Feed<UpdateOf[Target]> } = {
    sessions: createFeed({ target: 'sessions' }, createSessionsState(), use),
    devices: createFeed(
      { target: 'devices' },
      createListState(({ devices }) => devices),
      use,
    ),
    nearby: createFeed(
      { target: 'nearby' },
      createListState(({ nearby }) => nearby),
      use,
    ),
  };
  /** By session; one that nobody listens to any more is let go. */
  const traces = new Map<number, { readonly feed: Feed<TraceUpdate>; users: number }>();

  function traceOf(sessionId: number) {
    const known = traces.get(sessionId);
    if (known !== undefined) return known;
    const made = { feed: createFeed({ target: 'trace', sessionId }, createTraceState(), use), users: 0 };
    traces.set(sessionId, made);
    return made;
  }

  function release(sessionId: number): void {
    const trace = traceOf(sessionId);
    trace.users -= 1;
    if (trace.users === 0) traces.delete(sessionId);
  }

  return {
    async subscribe(target, callback) {
      if (Object.hasOwn(feeds, target)) return feeds[target].add(callback);
      throw new BrokerError('invalidParameter', `target must be one of ${Object.keys(feeds).join(', ')}.`);
    },
    async subscribeTrace(sessionId, callback) {
      const trace = traceOf(sessionId);
      trace.users += 1;
      try {
        const stop = await trace.feed.add(callback);
        let isStopped = false;
        return async () => {
          if (isStopped) return;
          isStopped = true;
          await stop();
          release(sessionId);
        };
      } catch (error) {
        release(sessionId);
        throw error;
      }
    },
    async restore(connection) {
      await Promise.all([
        ...Object.values(feeds).map((feed) => feed.restore(connection)),
        ...[...traces.values()].map(({ feed }) => feed.restore(connection).catch(ignoreGone)),
      ]);
    },
    onUpdate(update) {
      // A later gateway may have more of them.
      if (update.subscription !== 'trace') return feeds[update.subscription]?.onUpdate(update);
      if (update.sessionId !== undefined) traces.get(update.sessionId)?.feed.onUpdate(update);
    },
  };
}

/** The session was destroyed long ago, or the gateway's device was started anew: there is nothing to go on with, and nothing is wrong. */
function ignoreGone(error: unknown): void {
  if (!(error instanceof BrokerError) || error.kind !== 'sessionNotFound') throw error;
}
