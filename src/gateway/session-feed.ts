/** The subscription to sessions: each change is written once for everybody who may see it. */
import { randomBytes } from 'node:crypto';
import type { Broker, SessionSummary } from '../broker/interface.js';
import { FEED_HISTORY } from '../protocol/limits.js';
import type { MethodResult } from '../protocol/methods.js';
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

export function createSessionFeed(broker: Pick<Broker, 'sessions$' | 'listSessions'>): SessionFeed {
  const epoch = randomBytes(8).toString('base64url');
  const watchers = new Map<Audience, Set<Outbox>>();
  /** The last changes, the latest with number `offset`. */
  const history: SessionSummary[] = [];
  let offset = 0;

  const subscription = broker.sessions$.subscribe((session) => {
    offset += 1;
    history.push(session);
    if (history.length > FEED_HISTORY) history.shift();
    tell([watchers.get(session.app.bundleName), watchers.get(undefined)], () =>
      formatNotification(
        'update',
        `{"subscription":"sessions","epoch":"${epoch}","offset":${offset},"session":${JSON.stringify(session)}}`,
      ),
    );
  });

  function list(audience: Audience): SessionSummary[] {
    return broker.listSessions().filter((session) => isVisible(session, audience));
  }

  /** Undefined when the history does not reach back so far, or the position is not of this feed. */
  function changesAfter(since: Position | undefined, audience: Audience): SessionSummary[] | undefined {
    if (since?.epoch !== epoch || since.offset > offset || since.offset < offset - history.length) return undefined;
    const missed = history.slice(history.length - (offset - since.offset));
    return missed.filter((session) => isVisible(session, audience));
  }

  return {
    list,
    join(outbox, audience, since) {
      watchers.set(audience, (watchers.get(audience) ?? new Set()).add(outbox));
      const missed = changesAfter(since, audience);
      const sessions = missed ?? list(audience);
      return { subscription: 'sessions', epoch, offset, recovered: missed !== undefined, sessions };
    },
    leave(outbox) {
      for (const [audience, members] of watchers) {
        members.delete(outbox);
        if (members.size === 0) watchers.delete(audience);
      }
    },
    has: (outbox) => [...watchers.values()].some((members) => members.has(outbox)),
    close: () => subscription.unsubscribe(),
  };
}

function isVisible(session: SessionSummary, audience: Audience): boolean {
  return audience === undefined || session.app.bundleName === audience;
}

/** Writes nothing when nobody watches. */
function tell(groups: readonly (ReadonlySet<Outbox> | undefined)[], write: () => string): void {
  const members = groups.filter((group) => group !== undefined);
  if (members.length === 0) return;
  const frame = [frameTexts([write()])];
  for (const group of members) for (const outbox of group) outbox.sendFrame(frame);
}
