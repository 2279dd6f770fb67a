/** What one subscription brings: all there is, then what changes, without a gap across reconnects. */

import type { MethodResult, SubscriptionTarget } from '../protocol/calls.js';
import type { NotificationParams } from '../protocol/notified.js';
import { callBack } from './call-back.js';
import type { Connection } from './connection.js';
import type { FeedState } from './feed-state.js';
import type { Work } from './queue.js';

export interface Feed<Update> {
  /** Resolves, with how to stop, once the gateway answered. A feed that runs already answers from what it knows. */
  add(callback: (update: Update) => void): Promise<() => Promise<void>>;
  restore(connection: Connection): Promise<void>;
  onUpdate(update: NotificationParams<'update'>): void;
}

/** Does the work on the next connection if this one is lost meanwhile. */
export type Use = <Result>(work: Work<Result>) => Promise<Result>;

/** What a feed is of; `sessionId` for a trace. */
export interface Topic {
  readonly target: SubscriptionTarget;
  readonly sessionId?: number;
}

export function createFeed<Update>(topic: Topic, state: FeedState<Update>, use: Use): Feed<Update> {
  const { target: subscription, ...rest } = topic;
  const unsubscribing = { subscription, ...rest };
  const callbacks = new Set<(update: Update) => void>();
  let position: { readonly epoch: string; readonly offset: number } | undefined;
  let opening: Promise<unknown> | undefined;

  function open(connection: Connection): Promise<MethodResult<'subscribe'>> {
    const params = { ...topic, ...(position !== undefined && { since: position }) };
    return connection.call('subscribe', params, (result) => {
      position = { epoch: result.epoch, offset: result.offset };
      publish(state.begin(result));
    });
  }

  function publish(updates: readonly Update[]): void {
    for (const update of updates) for (const callback of [...callbacks]) callBack(callback, update);
  }

  async function start(callback: (update: Update) => void): Promise<void> {
    if (position !== undefined) {
      callbacks.add(callback);
      return callBack(callback, state.snapshot());
    }
    callbacks.add(callback);
    opening ??= use(open).finally(() => {
      opening = undefined;
    });
    try {
      await opening;
    } catch (error) {
      callbacks.delete(callback);
      throw error;
    }
  }

  async function stop(callback: (update: Update) => void): Promise<void> {
    if (!callbacks.delete(callback) || callbacks.size > 0) return;
    position = undefined;
    await use((connection) => connection.call('unsubscribe', unsubscribing));
  }

  return {
    async add(callback) {
      // The same function may subscribe twice.
      const own = (update: Update): void => callback(update);
      await start(own);
      return () => stop(own);
    },
    async restore(connection) {
      if (position !== undefined) await open(connection);
    },
    onUpdate(update) {
      // The last ones of a subscription that was just ended may still be on their way.
      if (position === undefined) return;
      // Asking again answers again: what the answer held already may still be on its way.
      if (update.epoch === position.epoch && update.offset <= position.offset) return;
      position = { epoch: update.epoch, offset: update.offset };
      publish(state.change(update));
    },
  };
}
