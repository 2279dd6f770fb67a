/** One session under observation: its trace as it grows, where the eye is in it, and sums that are asked for again while it lives. */
import { computed, type ReadonlySignal, signal } from '@preact/signals';
import {
  BrokerError,
  type SessionTrace,
  type TandemClient,
  type TraceEntry,
  type TraceUpdate,
} from '../../client/client.js';
import { type Moment, momentAt } from './replay.js';

/** Texts and data make no entries, so the sums are asked for. */
const COUNTERS_EVERY_MS = 2_000;
/** What the page keeps of a session that it watches for hours; the gateway keeps less. */
const MAX_WATCHED_ENTRIES = 1_000;

export interface SessionWatch {
  /** Undefined until the gateway has answered. */
  readonly trace: ReadonlySignal<SessionTrace | undefined>;
  /** Why there is none, for people. */
  readonly trouble: ReadonlySignal<string>;
  /** The offset that is looked at; undefined: always the newest. */
  readonly cursor: ReadonlySignal<number | undefined>;
  readonly moment: ReadonlySignal<Moment>;
  /** The moment before that one. */
  readonly before: ReadonlySignal<Moment>;
  /** What to add to this browser's time of day to get the gateway's, in milliseconds, as far as entries have shown it. */
  readonly skewMs: ReadonlySignal<number>;
  /** Undefined goes on with the present. */
  walkTo(offset: number | undefined): void;
  refreshCounters(): Promise<void>;
  close(): void;
}

export function watchSession(client: TandemClient, sessionId: number): SessionWatch {
  const trace = signal<SessionTrace | undefined>(undefined);
  const trouble = signal('');
  const cursor = signal<number | undefined>(undefined);
  const entries = computed(() => trace.value?.entries ?? []);
  const moment = computed(() => momentAt(entries.value, cursor.value));
  const skewMs = signal(0);
  let leastLate = Number.NEGATIVE_INFINITY;
  let isClosed = false;

  function fail(error: unknown): void {
    if (!isClosed) trouble.value = error instanceof BrokerError ? error.message : String(error);
  }

  function add(entry: TraceEntry): void {
    const present = trace.value;
    if (present === undefined || entry.offset <= present.offset) return;
    const kept = [...present.entries, entry].slice(-MAX_WATCHED_ENTRIES);
    // An entry that has just happened comes a little late; the least late one says most of the clocks.
    leastLate = Math.max(leastLate, entry.at - Date.now());
    skewMs.value = leastLate;
    trace.value = { ...present, offset: entry.offset, dropped: (kept[0]?.offset ?? 1) - 1, entries: kept };
  }

  function take(update: TraceUpdate): void {
    if (update.type === 'snapshot') trace.value = update.trace;
    else add(update.entry);
  }

  // A gateway that is away is waited for, however long: who looks asks for nothing that could come too late.
  const subscribing = client.ready().then(() => client.subscribeTrace(sessionId, take));
  subscribing.catch(fail);

  async function refreshCounters(): Promise<void> {
    const { counters, session, diagnosis } = await client.traceSession(sessionId);
    const present = trace.value;
    if (present === undefined || isClosed) return;
    trace.value = { ...present, counters, session, ...(diagnosis !== undefined && { diagnosis }) };
  }

  const timer = window.setInterval(() => {
    if (document.visibilityState === 'visible') refreshCounters().catch(() => {}); // the connection shows elsewhere
  }, COUNTERS_EVERY_MS);

  return {
    trace,
    trouble,
    cursor,
    moment,
    before: computed(() => momentAt(entries.value, moment.value.offset - 1)),
    skewMs,
    walkTo(offset) {
      cursor.value = offset;
    },
    refreshCounters,
    close() {
      isClosed = true;
      window.clearInterval(timer);
      subscribing.then((stop) => stop()).catch(() => {}); // it never began, or the connection is gone and the subscription with it
    },
  };
}
