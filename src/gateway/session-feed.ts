/** The subscription to sessions: each change is written once for everybody who may see it. */
import { randomBytes } from 'node:crypto';
import type { Broker, SessionSummary } from '../broker/interface.js';
import type { MethodResult } from '../protocol/calls.js';
import { FEED_HISTORY, MAX_UNWATCHED_FEEDS } from '../protocol/limits.js';
import { formatNotification } from '../protocol/rpc.js';
import type { Outbox } from './outbox.js';
import { frameTexts } from './socket-frames.js';

/** Whose sessions are visible: those of one bundle, or everybody's when undefined. */
export type Audience = string | undefined;

export interface SessionFeed {
  /** `since` is a position of this feed; whoever missed more than the history holds gets the whole list again. */
  join(outbox: Outbox, audience: Audience, since: Position | undefined): MethodResult<'subscribe'>;
  leave(outbox: Outbox): void;
  has(outbox: Outbox): boolean;
  list(audience: Audience): SessionSummary[];
  close(): void;
}

export interface Position {
  readonly epoch: string;
  readonly offset: number;
}

/** What one audience may see, counted for itself: its offsets are contiguous, and what others do does not push anything out. */
interface Feed {
  readonly epoch: string;
  readonly watchers: Set<Outbox>;
  /** The last changes, the latest with number `offset`. */
  readonly history: SessionSummary[];
  offset: number;
}

export function createSessionFeed(broker: Pick<Broker, 'sessions$' | 'listSessions'>): SessionFeed {
  /** Those that were ever joined; nobody has a position in another. The one left longest ago comes first. */
  const feeds = new Map<Audience, Feed>();

  const subscription = broker.sessions$.subscribe((session) => {
    const write = createWriter(session);
    for (const audience of [session.app.bundleName, undefined]) {
      const feed = feeds.get(audience);
      if (feed !== undefined) tell(feed, session, write);
    }
  });

  function list(audience: Audience): SessionSummary[] {
    return broker.listSessions().filter((session) => audience === undefined || session.app.bundleName === audience);
  }

  function forgetUnwatched(): void {
    let unwatched = [...feeds.values()].filter(({ watchers }) => watchers.size === 0).length;
    for (const [audience, { watchers }] of feeds) {
      if (unwatched <= MAX_UNWATCHED_FEEDS) return;
      if (watchers.size > 0) continue;
      feeds.delete(audience);
      unwatched -= 1;
    }
  }

  return {
    list,
    join(outbox, audience, since) {
      const feed = feeds.get(audience) ?? createFeed();
      feeds.set(audience, feed);
      feed.watchers.add(outbox);
      const missed = changesAfter(feed, since);
      const { epoch, offset } = feed;
      const sessions = missed ?? list(audience);
      return { subscription: 'sessions', epoch, offset, recovered: missed !== undefined, sessions };
    },
    leave(outbox) {
      for (const [audience, feed] of [...feeds]) {
        if (!feed.watchers.delete(outbox)) continue;
        feeds.delete(audience);
        feeds.set(audience, feed);
      }
      forgetUnwatched();
    },
    has: (outbox) => [...feeds.values()].some(({ watchers }) => watchers.has(outbox)),
    close: () => subscription.unsubscribe(),
  };
}

function createFeed(): Feed {
  return { epoch: randomBytes(8).toString('base64url'), watchers: new Set(), history: [], offset: 0 };
}

/** Undefined when the history does not reach back so far, or the position is not of this feed. */
function changesAfter({ epoch, offset, history }: Feed, since: Position | undefined): SessionSummary[] | undefined {
  if (since?.epoch !== epoch || since.offset > offset || since.offset < offset - history.length) return undefined;
  return history.slice(history.length - (offset - since.offset));
}

/** The session is written once, however many feeds it goes to, and not at all when nobody watches. */
function createWriter(session: SessionSummary): () => string {
  let text: string | undefined;
  return () => {
    text ??= JSON.stringify(session);
    return text;
  };
}

function tell(feed: Feed, session: SessionSummary, write: () => string): void {
  const { epoch, history, watchers } = feed;
  feed.offset += 1;
  history.push(session);
  if (history.length > FEED_HISTORY) history.shift();
  if (watchers.size === 0) return;
  const params = `{"subscription":"sessions","epoch":"${epoch}","offset":${feed.offset},"session":${write()}}`;
  const frame = [frameTexts([formatNotification('update', params)])];
  for (const outbox of watchers) outbox.sendFrame(frame);
}
