/** The trace of a session, as schemas: what traceSession and the subscription to it are made of. */
import Type from 'typebox';
import { MACHINE_NAMES, TRACE_KINDS, TRACE_LANES } from './codes.js';
import { SessionId, SessionSummary } from './method-types.js';

const Count = Type.Integer({ minimum: 0 });

/** One thing that happened. `offset` counts from 1, `at` is in milliseconds since 1970; `edge` names a transition of docs/session-chart.md. */
export const TraceEntry = Type.Object({
  offset: Type.Integer({ minimum: 1 }),
  at: Type.Number(),
  lane: Type.Enum(TRACE_LANES),
  kind: Type.Enum(TRACE_KINDS),
  name: Type.String(),
  machine: Type.Optional(Type.Enum(MACHINE_NAMES)),
  from: Type.Optional(Type.String()),
  to: Type.Optional(Type.String()),
  edge: Type.Optional(Type.String()),
  detail: Type.Optional(
    Type.Immutable(Type.Record(Type.String(), Type.Union([Type.String(), Type.Number(), Type.Boolean()]))),
  ),
});

/** Sums over all connections of a session; a message is counted once, a frame as often as it left. */
const TraceCounters = Type.Object({
  textsSent: Count,
  textsReceived: Count,
  dataSent: Count,
  dataReceived: Count,
  bytesSent: Count,
  bytesReceived: Count,
  bytesQueued: Count,
  framesSent: Count,
  framesReceived: Count,
  resends: Count,
  suspensions: Count,
  roundTripMs: Type.Optional(Type.Number()),
});

/** `entries` are the last ones; `dropped` says how many came before the first of them, `offset` is the number of the last. */
export const SessionTrace = Type.Object({
  sessionId: SessionId,
  epoch: Type.String(),
  offset: Count,
  dropped: Count,
  session: SessionSummary,
  entries: Type.Immutable(Type.Array(TraceEntry)),
  counters: TraceCounters,
  diagnosis: Type.Optional(Type.String()),
});
