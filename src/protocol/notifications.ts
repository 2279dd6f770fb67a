/** What the gateway sends on its own account: the source of docs/gateway.md. notified.ts has the same as types. */
import Type from 'typebox';
import type { Agreed } from './agreed.js';
import { EVENT_TYPES, SUBSCRIPTION_TARGETS } from './calls.js';
import { CollaborateEventType, DisconnectReason } from './codes.js';
import { AvailableDevice, NearbyDevice, openEnum, SessionId, SessionSummary } from './method-types.js';
import type { NotificationName, NotificationParams } from './notified.js';
import { TraceEntry } from './trace-types.js';

/** Counts the events of one app: contiguous from 1, in the order they happened, also across connections of one epoch. */
const Offset = Type.Integer();

const schemas = {
  hello: Type.Object({
    server: Type.String(),
    version: Type.String(),
    protocol: Type.Object({ min: Type.Integer(), max: Type.Integer() }),
    pingIntervalMs: Type.Integer(),
    limits: Type.Object({
      textFrameBytes: Type.Integer(),
      binaryFrameBytes: Type.Integer(),
      strangerFrameBytes: Type.Integer(),
      authenticationTimeoutMs: Type.Integer(),
      callsInFlight: Type.Integer(),
      callBytesInFlight: Type.Integer(),
      queueBytes: Type.Integer(),
      eventWindowBytes: Type.Integer(),
      appGraceMs: Type.Integer(),
    }),
  }),
  collaborate: Type.Object({ offset: Offset, want: Type.Record(Type.String(), Type.Unknown()) }),
  event: Type.Object({
    offset: Offset,
    type: openEnum(EVENT_TYPES),
    sessionId: SessionId,
    reason: Type.Optional(Type.Enum(Object.values(DisconnectReason))),
    msg: Type.Optional(Type.String()),
    data: Type.Optional(Type.String({ contentEncoding: 'base64' })),
    eventType: Type.Optional(Type.Enum(Object.values(CollaborateEventType))),
    eventMsg: Type.Optional(Type.String()),
  }),
  update: Type.Object({
    subscription: Type.Enum(SUBSCRIPTION_TARGETS),
    sessionId: Type.Optional(SessionId),
    epoch: Type.String(),
    offset: Type.Integer(),
    session: Type.Optional(SessionSummary),
    devices: Type.Optional(Type.Immutable(Type.Array(AvailableDevice))),
    nearby: Type.Optional(Type.Immutable(Type.Array(NearbyDevice))),
    entry: Type.Optional(TraceEntry),
  }),
  lag: Type.Object({
    subscription: Type.Optional(Type.Enum(SUBSCRIPTION_TARGETS)),
    coalesced: Type.Integer(),
    queuedBytes: Type.Integer(),
  }),
} as const;

/** `lag` says that the client reads too slowly. `hello` comes once and first; `collaborate` and `event` belong to the registered app; `update` to a subscription. */
export const NOTIFICATIONS = schemas satisfies {
  readonly [N in NotificationName]: Agreed<(typeof schemas)[N], NotificationParams<N>>;
};
