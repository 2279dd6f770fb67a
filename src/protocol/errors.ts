/** Every failure a caller can see: one row each with its code, words and whether trying again may help. */

/** Universal code of the reference for a refused argument and for every unexpected internal failure. */
const PARAMETER = 401;
const PERMISSION_TEXT =
  'Permission verification failed. The application does not have the permission required to call the API.';
const EXECUTION_TEXT = 'Failed to execute the function.';

interface ErrorRow {
  /** What the caller sees as `code`: reference-behaviour 1.4; JSON-RPC 2.0, section 5.1, for the negative ones. */
  readonly code: number;
  readonly message: string;
  readonly isRetryable: boolean;
}

/** The table behind docs/errors.md. */
export const ERRORS = {
  permissionDenied: { code: 201, message: PERMISSION_TEXT, isRetryable: false },
  notSystemApp: { code: 202, message: PERMISSION_TEXT, isRetryable: false },
  invalidParameter: { code: PARAMETER, message: 'Parameter error.', isRetryable: false },
  sessionNotFound: { code: PARAMETER, message: EXECUTION_TEXT, isRetryable: false },
  sessionNotConnected: { code: PARAMETER, message: EXECUTION_TEXT, isRetryable: false },
  sessionEnded: { code: PARAMETER, message: EXECUTION_TEXT, isRetryable: false },
  sendQueueFull: { code: PARAMETER, message: EXECUTION_TEXT, isRetryable: true },
  dataNotNegotiated: { code: PARAMETER, message: EXECUTION_TEXT, isRetryable: false },
  acceptFailed: { code: PARAMETER, message: EXECUTION_TEXT, isRetryable: false },
  tokenNotFound: { code: PARAMETER, message: EXECUTION_TEXT, isRetryable: false },
  brokerClosed: { code: PARAMETER, message: EXECUTION_TEXT, isRetryable: false },
  capabilityNotSupported: {
    code: 801,
    message: 'Capability not supported.Failed to call the API due to limited device capabilities.',
    isRetryable: false,
  },
  parseError: { code: -32_700, message: 'What was sent is not JSON.', isRetryable: false },
  invalidRequest: { code: -32_600, message: 'The request is malformed.', isRetryable: false },
  methodNotFound: { code: -32_601, message: 'What was asked for does not exist.', isRetryable: false },
  invalidParams: { code: -32_602, message: 'The parameters do not fit.', isRetryable: false },
  internalError: { code: -32_603, message: 'The gateway failed; its log says why.', isRetryable: true },
  unauthenticated: { code: -32_001, message: 'Authenticate first.', isRetryable: false },
  invalidToken: { code: -32_002, message: 'The token is not valid.', isRetryable: false },
  forbidden: {
    code: -32_003,
    message: 'The token, or the origin of the page, does not allow this.',
    isRetryable: false,
  },
  appNotRegistered: { code: -32_004, message: 'The app is not registered.', isRetryable: false },
  appInUse: { code: -32_005, message: 'Another client has registered this app.', isRetryable: true },
  tooManyInFlight: { code: -32_006, message: 'Too many calls are unanswered.', isRetryable: true },
  idempotencyKeyReused: {
    code: -32_012,
    message: 'The idempotency key belongs to a call with another method or other parameters.',
    isRetryable: false,
  },
  connectionLost: {
    code: -32_007,
    message: 'The connection to the gateway was lost; whether the call was carried out is unknown.',
    isRetryable: true,
  },
  callTimedOut: {
    code: -32_013,
    message: 'There was no answer in time; whether the call was carried out is unknown.',
    isRetryable: true,
  },
  gatewayUnreachable: { code: -32_008, message: 'The gateway cannot be reached.', isRetryable: true },
  connectionRefused: { code: -32_009, message: 'The gateway does not accept this client.', isRetryable: false },
  rateLimited: { code: -32_011, message: 'Too many calls in a short time.', isRetryable: true },
  clientClosed: { code: -32_010, message: 'The client is closed.', isRetryable: false },
  bodyTooLarge: { code: -32_020, message: 'The body of the request is too large.', isRetryable: false },
  tooManyAtOnce: { code: -32_021, message: 'There are too many of these already.', isRetryable: true },
} as const satisfies Record<string, ErrorRow>;

export type ErrorKind = keyof typeof ERRORS;

export interface BrokerErrorOptions extends ErrorOptions {
  /** When trying again may help, where that is known: in so many milliseconds. */
  readonly retryAfterMs?: number | undefined;
}

/** A failed call. `code` is the reference's number; `kind` names the row; the original failure stays in `cause`. */
export class BrokerError extends Error {
  override readonly name = 'BrokerError';
  readonly kind: ErrorKind;
  readonly code: number;
  readonly isRetryable: boolean;
  readonly retryAfterMs: number | undefined;

  /** `detail` says what exactly was wrong, for people; it follows the row's fixed text. */
  constructor(kind: ErrorKind, detail = '', options?: BrokerErrorOptions) {
    const row = ERRORS[kind];
    super(detail === '' ? row.message : `${row.message} ${detail}`, options);
    this.kind = kind;
    this.code = row.code;
    this.isRetryable = row.isRetryable;
    this.retryAfterMs = options?.retryAfterMs;
  }
}
