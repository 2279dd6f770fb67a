/** Who an HTTP request comes from: the one place where its access token is looked at, before a body is read. Source: RFC 6750. */
import type { FastifyReply, FastifyRequest, onRequestHookHandler } from 'fastify';
import type { Principal, TokenStore } from '../../broker/tokens.js';
import { BrokerError } from '../../protocol/errors.js';
import { MAX_TOKEN_CHARACTERS } from '../../protocol/limits.js';
import type { Scope } from '../../protocol/scopes.js';
import { rateLimited } from '../call-rate.js';
import type { Callers } from '../callers.js';
import { addressOf } from '../client-address.js';
import type { Logger } from '../logger.js';
import type { Strangers } from '../strangers.js';
import type { Timers } from '../timers.js';
import { sendError } from './http-errors.js';

export interface BearerParts {
  readonly tokens: Pick<TokenStore, 'verify'>;
  readonly strangers: Strangers;
  readonly callers: Callers;
  readonly timers: Timers;
  readonly logger: Logger;
}

/** Knows another credential than a token, such as a ticket; undefined when the request has none of that kind. */
export type OtherCredential = (request: FastifyRequest) => { readonly principal: Principal | undefined } | undefined;

/**
 * A route's `onRequest`: goes on only for a valid token with this scope. A wrong one is answered late, and a little later each time; who
 * waits for that counts as a stranger, so that there is a bound.
 */
export function requireBearer(
  parts: BearerParts,
  scope: Scope | 'any',
  otherCredential: OtherCredential = () => undefined,
): onRequestHookHandler {
  return (request, reply, done) => {
    const token = readToken(request.headers.authorization);
    const other = token === undefined ? otherCredential(request) : undefined;
    if (token === undefined && other === undefined) return refuse(reply, new BrokerError('unauthenticated'), '');
    const principal = token === undefined ? other?.principal : parts.tokens.verify(token);
    if (principal === undefined) return refuseLate(parts, request, reply);
    if (scope !== 'any' && !principal.scopes.includes(scope)) {
      const error = new BrokerError('forbidden', `It lacks the scope ${scope}.`);
      return refuse(reply, error, `, error="insufficient_scope", scope="${scope}"`);
    }
    const waitMs = parts.callers.takeCall(parts.callers.of(principal), parts.timers.now());
    if (waitMs > 0) return refuseUnread(reply, rateLimited(waitMs));
    principals.set(request, principal);
    done();
  };
}

/** Of a request that came through `requireBearer`. */
export function principalOf(request: FastifyRequest): Principal {
  const principal = principals.get(request);
  if (principal === undefined) throw new BrokerError('unauthenticated');
  return principal;
}

const principals = new WeakMap<FastifyRequest, Principal>();

/** Undefined without a token; '' for one that is too long to be looked at. */
function readToken(header: string | undefined): string | undefined {
  const [, token] = /^bearer +(\S+) *$/i.exec(header ?? '') ?? [];
  return token !== undefined && token.length > MAX_TOKEN_CHARACTERS ? '' : token;
}

function refuse(reply: FastifyReply, error: BrokerError, challenge: string): void {
  reply.header('www-authenticate', `Bearer realm="tandem"${challenge}`);
  refuseUnread(reply, error);
}

function refuseLate({ strangers, timers, logger }: BearerParts, request: FastifyRequest, reply: FastifyReply): void {
  if (!strangers.hasRoom())
    return refuseUnread(reply, new BrokerError('tooManyAtOnce', 'Requests with a wrong token.'));
  const address = addressOf(request);
  const delayMs = strangers.delayAfterFailure(address);
  logger.warn({ address, delayMs }, 'wrong token');
  strangers.enter();
  const timer = timers.setTimeout(
    () => refuse(reply, new BrokerError('invalidToken'), ', error="invalid_token"'),
    delayMs,
  );
  reply.raw.once('close', () => {
    timers.clearTimeout(timer);
    strangers.leave();
  });
}

/** The body was not read and will not be: the connection is of no further use. */
function refuseUnread(reply: FastifyReply, error: BrokerError): void {
  reply.header('connection', 'close');
  sendError(reply, error);
}
