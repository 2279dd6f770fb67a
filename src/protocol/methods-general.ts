/** The gateway's own calls: who the client is, what there is to see, which app it speaks for. */
import Type from 'typebox';
import { SUBSCRIPTION_TARGETS } from './calls.js';
import { MAX_TOKEN_CHARACTERS } from './limits.js';
import {
  AvailableDevice,
  KnownDevice,
  type MethodRow,
  NearbyDevice,
  Nothing,
  Position,
  SessionId,
  SessionSummary,
  STRICT,
} from './method-types.js';
import { SCOPES } from './scopes.js';
import { SessionTrace } from './trace-types.js';

/** In the order of a client's life; see METHODS. */
export const GENERAL_METHODS = {
  authenticate: {
    params: Type.Object(
      { token: Type.String({ maxLength: MAX_TOKEN_CHARACTERS }), version: Type.Optional(Type.Integer()) },
      STRICT,
    ),
    result: Type.Object({
      name: Type.String(),
      bundleName: Type.String(),
      scopes: Type.Array(Type.Enum(SCOPES)),
      isSystemApp: Type.Boolean(),
      version: Type.Integer(),
      deviceId: Type.String(),
      deviceName: Type.String(),
    }),
    scope: 'any',
    needs: 'nothing',
    doc: 'Proves who the client is. Must be the first call.',
  },
  ping: {
    params: Type.Object({}, STRICT),
    result: Nothing,
    scope: 'any',
    needs: 'authentication',
    doc: 'Does nothing, and so shows that the connection works.',
  },
  getAvailableDeviceList: {
    params: Type.Object({}, STRICT),
    result: Type.Immutable(Type.Array(AvailableDevice)),
    scope: 'read',
    needs: 'authentication',
    doc: 'The devices in range that share the account.',
  },
  listKnownDevices: {
    params: Type.Object({}, STRICT),
    result: Type.Immutable(Type.Array(KnownDevice)),
    scope: 'read',
    needs: 'authentication',
    doc: 'The devices of the account that were in range since the start, also those that are not any more.',
  },
  listSessions: {
    params: Type.Object({}, STRICT),
    result: Type.Immutable(Type.Array(SessionSummary)),
    scope: 'read',
    needs: 'authentication',
    doc: "The sessions of the token's bundle; with scope admin, of every app.",
  },
  traceSession: {
    params: Type.Object({ sessionId: SessionId }, STRICT),
    result: SessionTrace,
    scope: 'read',
    needs: 'authentication',
    doc: 'What happened to a session that the token may see, or saw until lately, and in words why it is not connected.',
  },
  subscribe: {
    params: Type.Object(
      {
        target: Type.Enum(SUBSCRIPTION_TARGETS),
        sessionId: Type.Optional(SessionId),
        since: Type.Optional(Position),
      },
      STRICT,
    ),
    result: Type.Object({
      subscription: Type.Enum(SUBSCRIPTION_TARGETS),
      sessionId: Type.Optional(SessionId),
      epoch: Type.String(),
      offset: Type.Integer(),
      recovered: Type.Boolean(),
      sessions: Type.Optional(Type.Immutable(Type.Array(SessionSummary))),
      devices: Type.Optional(Type.Immutable(Type.Array(AvailableDevice))),
      nearby: Type.Optional(Type.Immutable(Type.Array(NearbyDevice))),
      trace: Type.Optional(SessionTrace),
    }),
    scope: 'read',
    needs: 'authentication',
    doc: 'Answers with all there is, or with all that changed since a position, then sends updates.',
  },
  unsubscribe: {
    params: Type.Object({ subscription: Type.Enum(SUBSCRIPTION_TARGETS), sessionId: Type.Optional(SessionId) }, STRICT),
    result: Nothing,
    scope: 'read',
    needs: 'authentication',
    doc: 'Ends a subscription; without one it does nothing.',
  },
  registerApp: {
    params: Type.Object(
      {
        moduleName: Type.String(),
        abilityName: Type.String(),
        bundleName: Type.Optional(Type.String()),
        onCollaborate: Type.Optional(Type.Boolean()),
        resume: Type.Optional(Position),
      },
      STRICT,
    ),
    result: Type.Object({
      resumed: Type.Boolean(),
      recovered: Type.Boolean(),
      epoch: Type.String(),
      offset: Type.Integer(),
      sessions: Type.Immutable(Type.Array(SessionSummary)),
    }),
    scope: 'drive',
    needs: 'authentication',
    doc: 'Makes this connection the voice of an app, or takes the app up again after a lost connection.',
  },
} as const satisfies Record<string, MethodRow>;
