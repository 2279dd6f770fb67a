/** The data of the gateway's calls, as schemas: what methods.ts and notifications.ts are made of. */
import Type, { type TSchema } from 'typebox';
import type { EventType } from './calls.js';
import { ConnectErrorCode, DisconnectReason, SESSION_STATES, type StartOptionParams } from './codes.js';
import { IDEMPOTENCY_KEY_PATTERN } from './idempotency-key.js';
import { SCOPES, type Scope } from './scopes.js';

/** One call a client may make. */
export interface MethodRow {
  readonly params: TSchema;
  readonly result: TSchema;
  /** The parameters that the reference has, in its order, less `context`. Absent: the call is not the reference's. */
  readonly order?: readonly string[];
  /** What the token must allow. */
  readonly scope: Scope | 'any';
  /** What must have succeeded before on this connection. */
  readonly needs: 'nothing' | 'authentication' | 'app';
  readonly doc: string;
}

export const Nothing = Type.Null();
export const SessionId = Type.Integer();

/** Names one call of an app: while the gateway remembers it, a repetition gets the answer of the first and is not carried out. */
export const IdempotencyKey = Type.Optional(Type.String({ pattern: IDEMPOTENCY_KEY_PATTERN }));

/** One of these, or one that a later gateway has added: see "What may change" in docs/gateway.md. The keyword is that of Zalando's API guidelines. */
export function openEnum<Value extends string>(values: readonly Value[]) {
  return Type.Unsafe<Value>(Type.String({ 'x-extensible-enum': values }));
}

/** The broker checks the name, and answers with the reference's code what does not fit. */
export const EventName = Type.Unsafe<EventType>(Type.String());

/** Refuses parameters that a method does not know, so that a misspelt optional one is noticed. */
export const STRICT = { additionalProperties: false } as const;

/** An app's address on one device. */
export const AppName = Type.Object({
  bundleName: Type.String(),
  moduleName: Type.String(),
  abilityName: Type.String(),
});

/** More fields are allowed, so that the `PeerInfo` of a want can be handed back as it came. */
export const PeerInfo = Type.Object({
  deviceId: Type.String(),
  bundleName: Type.String(),
  moduleName: Type.String(),
  abilityName: Type.String(),
  serviceName: Type.Optional(Type.String()),
});

/** More fields are allowed, as in PeerInfo. The broker checks the number. */
export const ConnectOptions = Type.Object({
  needSendData: Type.Optional(Type.Boolean()),
  needSendBigData: Type.Optional(Type.Boolean()),
  needSendStream: Type.Optional(Type.Boolean()),
  needReceiveStream: Type.Optional(Type.Boolean()),
  startOptions: Type.Optional(Type.Unsafe<StartOptionParams>(Type.Integer())),
  options: Type.Optional(Type.Record(Type.String(), Type.String())),
  parameters: Type.Optional(Type.Record(Type.String(), Type.String())),
});

export const ConnectResult = Type.Object({
  isConnected: Type.Boolean(),
  errorCode: Type.Optional(Type.Enum(Object.values(ConnectErrorCode))),
  reason: Type.Optional(Type.String()),
});

export const AvailableDevice = Type.Object({
  networkId: Type.String(),
  deviceId: Type.String(),
  deviceName: Type.String(),
});

/** A Tandem device in range or linked, of whatever account. `rssi` is in dBm, `lastSeen` in milliseconds since 1970. */
export const NearbyDevice = Type.Object({
  deviceId: Type.String(),
  deviceName: Type.String(),
  isOurs: Type.Boolean(),
  isLinked: Type.Boolean(),
  rssi: Type.Optional(Type.Number()),
  lastSeen: Type.Optional(Type.Number()),
});

/** A device of the account that was in range or linked since the broker started. `lastSeen` is in milliseconds since 1970. */
export const KnownDevice = Type.Object({
  deviceId: Type.String(),
  deviceName: Type.String(),
  isInRange: Type.Boolean(),
  lastSeen: Type.Optional(Type.Number()),
});

/** A session as an observer sees it. `since` is in milliseconds since 1970. */
export const SessionSummary = Type.Object({
  sessionId: SessionId,
  serviceName: Type.String(),
  app: AppName,
  peer: PeerInfo,
  peerDeviceName: Type.Optional(Type.String()),
  state: Type.Enum(SESSION_STATES),
  role: Type.Optional(Type.Enum(['initiator', 'acceptor'])),
  since: Type.Number(),
  errorCode: Type.Optional(Type.Enum(Object.values(ConnectErrorCode))),
  reason: Type.Optional(Type.String()),
  disconnectReason: Type.Optional(Type.Enum(Object.values(DisconnectReason))),
  diagnosis: Type.Optional(Type.String()),
});

/** Where a client was before its connection was lost. `epoch` names what was counted; under another one the count starts anew. */
export const Position = Type.Object({ epoch: Type.String(), offset: Type.Integer({ minimum: 0 }) }, STRICT);

/** An access token without its text. Times are in milliseconds since 1970; the last use is to the hour. */
export const AccessToken = Type.Object({
  tokenId: Type.String(),
  name: Type.String(),
  bundleName: Type.String(),
  scopes: Type.Immutable(Type.Array(Type.Enum(SCOPES))),
  permissions: Type.Immutable(Type.Array(Type.String())),
  isSystemApp: Type.Boolean(),
  createdAt: Type.Optional(Type.Integer()),
  lastUsedAt: Type.Optional(Type.Integer()),
  expiresAt: Type.Optional(Type.Integer()),
});
