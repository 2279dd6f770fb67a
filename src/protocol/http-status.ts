/** Each kind of error as an HTTP status. A new row of errors.ts needs a line here. The table behind docs/errors.md, "Over HTTP". */
import type { ErrorKind } from './errors.js';
import type { HttpFailure } from './http-types.js';

/** Undefined: a client's own error, which no gateway sends. */
export const HTTP_STATUS: Readonly<Record<ErrorKind, HttpFailure | undefined>> = {
  permissionDenied: 403,
  notSystemApp: 403,
  invalidParameter: 400,
  sessionNotFound: 404,
  sessionNotConnected: 409,
  sessionEnded: 410,
  sendQueueFull: 429,
  dataNotNegotiated: 409,
  acceptFailed: 409,
  tokenNotFound: 404,
  brokerClosed: 503,
  capabilityNotSupported: 501,
  parseError: 400,
  invalidRequest: 400,
  methodNotFound: 404,
  invalidParams: 400,
  internalError: 500,
  unauthenticated: 401,
  invalidToken: 401,
  forbidden: 403,
  appNotRegistered: 404,
  appInUse: 409,
  tooManyInFlight: 429,
  idempotencyKeyReused: 409,
  connectionLost: undefined,
  callTimedOut: undefined,
  gatewayUnreachable: undefined,
  connectionRefused: undefined,
  clientClosed: undefined,
  rateLimited: 429,
  bodyTooLarge: 413,
  tooManyAtOnce: 429,
};
