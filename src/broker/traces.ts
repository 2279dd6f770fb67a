/** The traces of a broker: those of its sessions, and for a while those of sessions that were destroyed. */
import { type Observable, Subject } from 'rxjs';
import { MAX_KEPT_TRACES } from '../protocol/limits.js';
import type { SessionSummary, SessionTrace, TracedEntry } from './interface.js';
import { createTrace, droppedOf, readTrace, type Trace } from './trace.js';
import { countersOf, type HasTraffic } from './traffic.js';

/** What a session's trace is read from. */
export interface Traced extends HasTraffic {
  readonly trace: Trace;
}

export interface Traces {
  /** Nothing is made for it while nobody observes. */
  readonly traces$: Observable<TracedEntry>;
  begin(sessionId: number): Trace;
  /** Of a session that is destroyed. */
  keep(traced: Traced, summary: SessionSummary): void;
  read(traced: Traced, summary: SessionSummary): SessionTrace;
  /** Of a session that was destroyed lately. */
  readKept(sessionId: number): SessionTrace | undefined;
  close(): void;
}

/** `epoch` names this run of the broker. */
export function createTraces(epoch: string): Traces {
  const entries = new Subject<TracedEntry>();
  const kept = new Map<number, { readonly traced: Traced; readonly summary: SessionSummary }>();

  function read({ trace, traffic }: Traced, session: SessionSummary): SessionTrace {
    const { sessionId, diagnosis } = session;
    return {
      sessionId,
      epoch,
      offset: trace.count,
      dropped: droppedOf(trace),
      session,
      entries: readTrace(trace),
      counters: countersOf({ traffic }),
      ...(diagnosis !== undefined && { diagnosis }),
    };
  }

  return {
    traces$: entries.asObservable(),
    begin: (sessionId) => createTrace(sessionId, entries),
    keep({ trace, traffic }, summary) {
      kept.set(summary.sessionId, { traced: { trace, traffic }, summary });
      const [oldest] = kept.keys();
      if (kept.size > MAX_KEPT_TRACES && oldest !== undefined) kept.delete(oldest);
    },
    read,
    readKept(sessionId) {
      const found = kept.get(sessionId);
      return found && read(found.traced, found.summary);
    },
    close: () => entries.complete(),
  };
}
