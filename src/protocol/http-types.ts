/** The data that only the HTTP side of the gateway has, as schemas: what http-routes.ts is made of. */
import Type, { type TSchema } from 'typebox';
import type { MethodName } from './calls.js';
import { ERRORS, type ErrorKind } from './errors.js';
import { MAX_LEASE_MS } from './http-limits.js';
import { AppName, openEnum, SessionId, SessionSummary, STRICT } from './method-types.js';
import type { Scope } from './scopes.js';

/** One thing that can be asked for over HTTP. */
export interface HttpRoute {
  readonly verb: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Parameters are in braces, as OpenAPI writes them. */
  readonly path: string;
  readonly scope: Scope | 'any';
  readonly query?: Readonly<Record<string, QueryParameter>>;
  /** It may be repeated with the header Idempotency-Key: it is carried out once, and answered as the first time. */
  readonly takesKey?: boolean;
  /** The answer is a stream of events, which may begin where the header Last-Event-ID says. */
  readonly givesEvents?: boolean;
  /** The JSON body. Absent: there is none. */
  readonly body?: TSchema;
  readonly isBodyOptional?: boolean;
  /** The call of the reference whose arguments are in the body: the broker checks them. */
  readonly call?: MethodName;
  /** What the body is instead of JSON: bytes. */
  readonly takesBytes?: boolean;
  readonly status: 200 | 201 | 204;
  /** How it fails beside ALWAYS_POSSIBLE. */
  readonly failures?: readonly HttpFailure[];
  /** The JSON answer. Absent with status 204, and for event streams. */
  readonly result?: TSchema;
  readonly doc: string;
}

export interface QueryParameter {
  readonly doc: string;
  /** A list is one text, with commas. */
  readonly schema: TSchema;
}

/** Every status that a failure has, see HTTP_STATUS. */
export type HttpFailure = 400 | 401 | 403 | 404 | 409 | 410 | 413 | 429 | 500 | 501 | 503;

/** What every request may meet: it is malformed or too large, its token does not do, there are too many, the gateway is at its end. */
export const ALWAYS_POSSIBLE: readonly HttpFailure[] = [400, 401, 403, 413, 429, 500, 503];

/** What names an app of the token's bundle. */
export const LocalApp = Type.Object({ moduleName: Type.String(), abilityName: Type.String() }, STRICT);

/** How long the app lasts without a request is the client's choice, within bounds. */
export const AppRequest = Type.Object(
  {
    onCollaborate: Type.Optional(Type.Boolean()),
    leaseMs: Type.Optional(Type.Integer({ minimum: 1_000, maximum: MAX_LEASE_MS })),
  },
  STRICT,
);

/** An app that is driven over HTTP. `offset` counts the events that are not kept any more. */
export const LeasedApp = Type.Object({
  app: AppName,
  epoch: Type.String(),
  offset: Type.Integer(),
  leaseMs: Type.Integer(),
  sessions: Type.Immutable(Type.Array(SessionSummary)),
});

export const CreatedSession = Type.Object({ sessionId: SessionId });

export const Ticket = Type.Object({ ticket: Type.String(), lifeMs: Type.Integer() });

const KINDS = Object.keys(ERRORS) as ErrorKind[]; // the keys of a constant table

/** The body of every answer that is no success. */
export const ErrorBody = Type.Object({
  kind: openEnum(KINDS),
  code: Type.Integer(),
  message: Type.String(),
  isRetryable: Type.Boolean(),
});
