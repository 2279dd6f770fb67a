/**
 * What `/v1/inspect` tells developers' tools: what happens to sessions and their peers, in the words of @statelyai/inspect 0.7. Sessions
 * are root actors; the peer of each is shown as its child. Contexts are left out: they hold tokens.
 */
import type { Subscription } from 'rxjs';
import type { Broker, SessionSummary, TracedEntry } from '../broker/interface.js';
import type { Principal } from '../broker/tokens.js';
import { configOf } from '../charts/charts.js';
import { MAX_INSPECTED_SESSIONS, MAX_INSPECTORS } from '../protocol/limits.js';
import type { TraceEntry } from '../protocol/trace.js';
import type { Outbox } from './outbox.js';
import type { Audience } from './session-feed.js';

/** Of the shape of these events. */
const VERSION = '0.7.2';

export interface InspectFeed {
  /** False when there are too many. Tells of the newest sessions at once, and of any other when something happens to it. */
  join(outbox: Outbox, principal: Pick<Principal, 'scopes' | 'bundleName'>): boolean;
  leave(outbox: Outbox): void;
  close(): void;
}

interface Inspector {
  readonly audience: Audience;
  /** Sessions it was told of. */
  readonly known: Set<number>;
}

type InspectBroker = Pick<Broker, 'traces$' | 'traceSession' | 'listSessions'>;

export function createInspectFeed(broker: InspectBroker): InspectFeed {
  const inspectors = new Map<Outbox, Inspector>();
  /** Of sessions that something happened to, as long as they last. */
  const summaries = new Map<number, SessionSummary>();
  let subscription: Subscription | undefined;

  function tell({ sessionId, entry }: TracedEntry): void {
    const session = summaries.get(sessionId) ?? broker.traceSession(sessionId)?.session;
    if (session === undefined) return;
    summaries.set(sessionId, session);
    const texts = eventsOf(sessionId, entry).map((event) => JSON.stringify(event));
    for (const [outbox, inspector] of inspectors) {
      if (!isVisible(session, inspector)) continue;
      introduce(outbox, inspector, session);
      for (const text of texts) outbox.sendText(text);
      if (isEnd(entry)) inspector.known.delete(sessionId);
    }
    if (isEnd(entry)) summaries.delete(sessionId);
  }

  return {
    join(outbox, { scopes, bundleName }) {
      if (inspectors.size >= MAX_INSPECTORS) return false;
      const audience = scopes.includes('admin') ? undefined : bundleName;
      const inspector = { audience, known: new Set<number>() };
      inspectors.set(outbox, inspector);
      const visible = broker.listSessions().filter((session) => isVisible(session, inspector));
      for (const session of visible.slice(-MAX_INSPECTED_SESSIONS)) introduce(outbox, inspector, session);
      subscription ??= broker.traces$.subscribe(tell);
      return true;
    },
    leave(outbox) {
      inspectors.delete(outbox);
      if (inspectors.size > 0) return;
      subscription?.unsubscribe();
      subscription = undefined;
      summaries.clear();
    },
    close: () => subscription?.unsubscribe(),
  };
}

function isEnd({ machine, to }: TraceEntry): boolean {
  return machine === 'session' && to === 'destroyed';
}

function isVisible({ app }: SessionSummary, { audience }: Inspector): boolean {
  return audience === undefined || audience === app.bundleName;
}

function introduce(outbox: Outbox, { known }: Inspector, { sessionId, state }: SessionSummary): void {
  if (known.has(sessionId)) return;
  known.add(sessionId);
  const session = {
    name: nameOf(sessionId),
    parentId: undefined,
    snapshot: snapshotOf(state),
    definition: configOf('session'),
  };
  const peer = { name: 'peer', parentId: nameOf(sessionId), snapshot: {}, definition: configOf('peer') };
  for (const [actor, details] of [
    [nameOf(sessionId), session],
    [peerOf(sessionId), peer],
  ] as const) {
    outbox.sendText(
      JSON.stringify({ type: '@xstate.actor', ...baseOf(sessionId, actor, Date.now(), 'actor'), ...details }),
    );
  }
}

/** What a trace says besides charts has no place there. */
function eventsOf(sessionId: number, entry: TraceEntry): object[] {
  const { machine, kind, name, to, edge, at, offset } = entry;
  if (machine !== 'session' && machine !== 'peer') return [];
  const actor = machine === 'session' ? nameOf(sessionId) : peerOf(sessionId);
  const event = { type: edge?.split('|')[1] ?? name };
  const sent = {
    type: '@xstate.event',
    ...baseOf(sessionId, actor, at, `event-${offset}`),
    sourceId: undefined,
    event,
  };
  if (kind !== 'state' || to === undefined) return [sent];
  const base = baseOf(sessionId, actor, at, `snapshot-${offset}`);
  return [sent, { type: '@xstate.snapshot', ...base, event, snapshot: snapshotOf(to) }];
}

function baseOf(sessionId: number, actor: string, at: number, id: string): object {
  return {
    sessionId: actor,
    rootId: nameOf(sessionId),
    createdAt: String(at),
    id: `${actor}-${id}`,
    _version: VERSION,
  };
}

function snapshotOf(value: string): object {
  return { status: value === 'destroyed' ? 'done' : 'active', value, context: {} };
}

function nameOf(sessionId: number): string {
  return `session-${sessionId}`;
}

function peerOf(sessionId: number): string {
  return `session-${sessionId}-peer`;
}
