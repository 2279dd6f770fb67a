/** What a broker has done since its start, as plain numbers: counting costs an addition, reading them costs a walk over the sessions. */
import { SESSION_STATES, type SessionState } from '../protocol/codes.js';
import type { BrokerCounters, Durations } from './interface.js';
import type { Session } from './session.js';

/** Upper ends of the buckets in seconds; from a link that is up to one that a peripheral asks for, and the deadline of ten seconds. */
const BUCKET_SECONDS = [0.005, 0.025, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] as const;

/** Whoever does it counts it. */
export interface Counters {
  textsSent: number;
  textsReceived: number;
  dataSent: number;
  dataReceived: number;
  bytesSent: number;
  bytesReceived: number;
  /** Payload frames that went out again because a link was lost. */
  resends: number;
  suspensions: number;
  readonly connects: CountedDurations;
  readonly linkOpenings: CountedDurations;
}

interface CountedDurations extends Durations {
  readonly counts: number[];
  count: number;
  sumSeconds: number;
}

export function createCounters(): Counters {
  return {
    textsSent: 0,
    textsReceived: 0,
    dataSent: 0,
    dataReceived: 0,
    bytesSent: 0,
    bytesReceived: 0,
    resends: 0,
    suspensions: 0,
    connects: createDurations(),
    linkOpenings: createDurations(),
  };
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
  let queuedBytes = 0;
  for (const { state, delivery } of sessions) {
    byState[state] += 1;
    queuedBytes += delivery?.queuedBytes ?? 0;
  }
  return { ...structuredClone(counters), sessions: byState, queuedBytes, links };
}

function createDurations(): CountedDurations {
  return { bucketSeconds: BUCKET_SECONDS, counts: BUCKET_SECONDS.map(() => 0), count: 0, sumSeconds: 0 };
}
