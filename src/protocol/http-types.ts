/** The data that only the HTTP side of the gateway has, as schemas: what http-routes.ts is made of. */
import Type, { type TSchema } from 'typebox';
import { ERRORS, type ErrorKind } from './errors.js';
import { MAX_LEASE_MS } from './http-limits.js';
import { AppName, SessionId, SessionSummary, STRICT } from './method-types.js';
import type { MethodName } from './methods.js';
import type { Scope } from './scopes.js';

/** One thing that can be asked for over HTTP. */
export interface HttpRoute {
  readonly verb: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Parameters are in braces, as OpenAPI writes them. */
  readonly path: string;
  readonly scope: Scope | 'any';
  /** Names of the query, all of them texts. */
  readonly query?: Readonly<Record<string, string>>;
  /** The JSON body. Absent: there is none. */
  readonly body?: TSchema;
  readonly isBodyOptional?: boolean;
  /** The call of the reference whose arguments are in the body: the broker checks them. */
  readonly call?: MethodName;
  /** What the body is instead of JSON: bytes. */
  readonly takesBytes?: boolean;
  readonly status: 200 | 201 | 204;
  /** The JSON answer. Absent with status 204, and for event streams. */
  readonly result?: TSchema;
  readonly doc: string;
}

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
  kind: Type.Enum(KINDS),
  code: Type.Integer(),
  message: Type.String(),
  isRetryable: Type.Boolean(),
});
