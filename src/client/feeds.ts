/** The subscriptions of a client, by target. */
import type { NotificationParams } from '../protocol/notifications.js';
import type { Connection } from './connection.js';
import { createFeed, type Feed, type Use } from './feed.js';
import { createListState, createSessionsState } from './feed-state.js';
import type { TandemClient, UpdateOf } from './interface.js';

export interface Feeds {
  readonly subscribe: TandemClient['subscribe'];
  /** Goes on where the last connection ended. */
  restore(connection: Connection): Promise<void>;
  onUpdate(update: NotificationParams<'update'>): void;
}

export function createFeeds(use: Use): Feeds {
  const feeds: { readonly [Target in keyof UpdateOf]: Feed<UpdateOf[Target]> } = {
    sessions: createFeed('sessions', createSessionsState(), use),
    devices: createFeed(
      'devices',
      createListState(({ devices }) => devices),
      use,
    ),
    nearby: createFeed(
      'nearby',
      createListState(({ nearby }) => nearby),
      use,
    ),
  };
  return {
    subscribe: (target, callback) => feeds[target].add(callback),
    async restore(connection) {
      await Promise.all(Object.values(feeds).map((feed) => feed.restore(connection)));
    },
    onUpdate: (update) => feeds[update.subscription].onUpdate(update),
  };
}
