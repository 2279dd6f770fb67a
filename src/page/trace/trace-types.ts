/** The trace of a session, as the gateway's method table has it. */
import type { MethodResult } from '../../protocol/methods.js';

export type SessionTrace = MethodResult<'traceSession'>;
export type TraceEntry = SessionTrace['entries'][number];
export type TraceCounters = SessionTrace['counters'];
export type TraceLane = TraceEntry['lane'];
export type TraceKind = TraceEntry['kind'];
export type MachineName = NonNullable<TraceEntry['machine']>;
export type Fact = string | number | boolean;
