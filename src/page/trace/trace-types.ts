/** Parts of a session's trace by name. */
import type { SessionTrace, TraceEntry } from '../../client/client.js';

export type TraceCounters = SessionTrace['counters'];
export type TraceKind = TraceEntry['kind'];
export type MachineName = NonNullable<TraceEntry['machine']>;
export type Fact = string | number | boolean;
