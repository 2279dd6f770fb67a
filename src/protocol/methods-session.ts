/** The reference's calls, under its names and with its parameter names; `context` is the registered app. What arguments must be is said here for readers and tools, and checked by the broker. */
import Type from 'typebox';
import {
  ConnectOptions,
  ConnectResult,
  EventName,
  IdempotencyKey,
  type MethodRow,
  Nothing,
  PeerInfo,
  SessionId,
  STRICT,
} from './method-types.js';

/** Padded, of the standard alphabet. Source: RFC 4648, section 4. */
export const BASE64_PATTERN = '^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$';
const Base64 = Type.String({ contentEncoding: 'base64', pattern: BASE64_PATTERN });
const SessionParams = Type.Object({ sessionId: SessionId }, STRICT);
const ChangeParams = Type.Object({ sessionId: SessionId, idempotencyKey: IdempotencyKey }, STRICT);
const drivesApp = { scope: 'drive', needs: 'app' } as const;

/** See METHODS. Source: reference, abilityConnectionManager. */
export const SESSION_METHODS = {
  createAbilityConnectionSession: {
    params: Type.Object(
      {
        serviceName: Type.String(),
        peerInfo: PeerInfo,
        connectOptions: ConnectOptions,
        idempotencyKey: IdempotencyKey,
      },
      STRICT,
    ),
    result: SessionId,
    order: ['serviceName', 'peerInfo', 'connectOptions'],
    ...drivesApp,
    doc: 'Creates a session and answers with its number.',
  },
  destroyAbilityConnectionSession: {
    params: ChangeParams,
    result: Nothing,
    order: ['sessionId'],
    ...drivesApp,
    doc: 'Disconnects a session and forgets it.',
  },
  getPeerInfoById: {
    params: SessionParams,
    result: Type.Union([PeerInfo, Type.Null()]),
    order: ['sessionId'],
    ...drivesApp,
    doc: 'The peer of a session, or null when there is no such session.',
  },
  on: {
    params: Type.Object(
      {
        type: EventName,
        sessionId: SessionId,
        encoding: Type.Optional(Type.Enum(['binary', 'base64'])),
        idempotencyKey: IdempotencyKey,
      },
      STRICT,
    ),
    result: Nothing,
    order: ['type', 'sessionId'],
    ...drivesApp,
    doc: 'From now on sends an event of a session. `encoding` says how receiveData comes: in binary frames (default) or as text.',
  },
  off: {
    params: Type.Object({ type: EventName, sessionId: SessionId, idempotencyKey: IdempotencyKey }, STRICT),
    result: Nothing,
    order: ['type', 'sessionId'],
    ...drivesApp,
    doc: 'Ends what `on` began.',
  },
  connect: {
    params: ChangeParams,
    result: ConnectResult,
    order: ['sessionId'],
    ...drivesApp,
    doc: 'Asks the peer app for the session; answers when it accepted, rejected or did not answer in 10 s.',
  },
  acceptConnect: {
    params: Type.Object({ sessionId: SessionId, token: Type.String(), idempotencyKey: IdempotencyKey }, STRICT),
    result: Nothing,
    order: ['sessionId', 'token'],
    ...drivesApp,
    doc: 'Accepts what `collaborate` asked for; answers when the session is connected.',
  },
  reject: {
    params: Type.Object({ token: Type.String(), reason: Type.String(), idempotencyKey: IdempotencyKey }, STRICT),
    result: Nothing,
    order: ['token', 'reason'],
    ...drivesApp,
    doc: 'Refuses what `collaborate` asked for.',
  },
  disconnect: {
    params: ChangeParams,
    result: Nothing,
    order: ['sessionId'],
    ...drivesApp,
    doc: 'Ends the connection; the session stays and may connect again.',
  },
  sendMessage: {
    params: Type.Object({ sessionId: SessionId, msg: Type.String(), idempotencyKey: IdempotencyKey }, STRICT),
    result: Nothing,
    order: ['sessionId', 'msg'],
    ...drivesApp,
    doc: "Sends a text of at most 1,024 bytes; answers when the peer's broker has it.",
  },
  sendData: {
    params: Type.Object({ sessionId: SessionId, data: Base64, idempotencyKey: IdempotencyKey }, STRICT),
    result: Nothing,
    order: ['sessionId', 'data'],
    ...drivesApp,
    doc: 'Sends bytes, here as base64; a binary frame does the same for less and takes more.',
  },
} as const satisfies Record<string, MethodRow>;
