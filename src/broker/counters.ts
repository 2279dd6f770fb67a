/** What a broker has done since its start, as plain numbers: counting costs an addition, reading them costs a walk over the sessions. */
import { SESSION_STATES, type SessionState } from '../protocol/codes.js';
import type { TraceCounters } from '../protocol/trace.js';
import type { BrokerCounters, Durations } from './interface.js';
import type { Session } from './session.js';
import { unheardBytes } from './tell.js';
import { countersOf, type HasTraffic } from './traffic.js';

/** Upper ends of the buckets in seconds; from a link that is up to one that a peripheral asks for, and the deadline of ten seconds. */
const BUCKET_SECONDS = [0.005, 0.025, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] as const;

/** Whoever does it counts it. */
export interface Counters {
  /** Of the sessions that exist no more; those that do have their own. */
  readonly ended: Totals;
  readonly connects: CountedDurations;
  readonly linkOpenings: CountedDurations;
}

/** What traffic.ts counts of each session, and is added up. */
const TOTALS = [
  'textsSent',
  'textsReceived',
  'dataSent',
  'dataReceived',
  'bytesSent',
  'bytesReceived',
  'resends',
  'suspensions',
] as const satisfies readonly (keyof TraceCounters & keyof BrokerCounters)[];

type Totals = Record<(typeof TOTALS)[number], number>;

interface CountedDurations extends Durations {
  readonly counts: number[];
  count: number;
  sumSeconds: number;
}

export function createCounters(): Counters {
  return { ended: createTotals(), connects: createDurations(), linkOpenings: createDurations() };
}

/** The session is destroyed: what it did still counts. */
export function keepTotals({ ended }: Counters, session: HasTraffic): void {
  addTotals(ended, countersOf(session));
}

export function noteDuration(durations: CountedDurations, durationMs: number): void {
  const seconds = durationMs / 1_000;
  const index = BUCKET_SECONDS.findIndex((end) => seconds <= end);
  if (index !== -1) durations.counts[index] = (durations.counts[index] ?? 0) + 1;
  durations.count += 1;
  durations.sumSeconds += seconds;
}

/** A copy: whoever reads it may keep it. */
export function readCounters(counters: Counters, sessions: Iterable<Session>, links: number): BrokerCounters {
  const byState = Object.fromEntries(SESSION_STATES.map((state) => [state, 0])) as Record<SessionState, number>; // one entry each
  const totals = { ...counters.ended };
  let queuedBytes = 0;
  let unheard = 0;
  for (const session of sessions) {
    byState[session.state] += 1;
    queuedBytes += session.delivery?.queuedBytes ?? 0;
    unheard += unheardBytes(session);
    addTotals(totals, countersOf(session));
  }
  const { connects, linkOpenings } = structuredClone(counters);
  return { ...totals, connects, linkOpenings, sessions: byState, queuedBytes, unheardBytes: unheard, links };
}

function createTotals(): Totals {
  return Object.fromEntries(TOTALS.map((name) => [name, 0])) as Totals; // one entry each
}

function addTotals(totals: Totals, traffic: TraceCounters): void {
  for (const name of TOTALS) totals[name] += traffic[name];
}

function createDurations(): CountedDurations {
  return { bucketSeconds: BUCKET_SECONDS, counts: BUCKET_SECONDS.map(() => 0), count: 0, sumSeconds: 0 };
}
