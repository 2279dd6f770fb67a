/** The HTTP side of the gateway: a thin face over the calls that the WebSocket has, and event streams. */
import cors from '@fastify/cors';
import type { FastifyInstance, FastifyReply, FastifyRequest, onRequestHookHandler } from 'fastify';
import { BrokerError } from '../../protocol/errors.js';
import { HTTP_ROUTES } from '../../protocol/http-routes.js';
import type { HttpRoute } from '../../protocol/http-types.js';
import { isIdempotencyKey } from '../../protocol/idempotency-key.js';
import { MAX_DATA_BYTES } from '../../protocol/limits.js';
import { createCheck, leaveArguments } from '../../protocol/params-check.js';
import type { GatewayParts } from '../connection.js';
import type { Origins } from '../origins.js';
import { type OtherCredential, principalOf, requireBearer } from './bearer.js';
import { type Budgets, createBudgets } from './budgets.js';
import { createEventRoute } from './event-route.js';
import { createHttpApps } from './http-apps.js';
import { createHttpCalls, type HttpCall, type HttpCalls } from './http-calls.js';
import { sendError, sendNotFound, toBrokerError } from './http-errors.js';
import { parseJson } from './json-body.js';
import { createTickets } from './tickets.js';

export interface HttpFace {
  /** Adds the routes. */
  register(server: FastifyInstance): Promise<void>;
  /** Ends what was begun with this token. */
  endOf(tokenId: string): void;
  close(): void;
}

type AnyCall = (call: HttpCall<'connect'>) => unknown;

export function createHttpFace(parts: GatewayParts): HttpFace {
  const apps = createHttpApps(parts);
  const tickets = createTickets(parts.timers);
  const calls = createHttpCalls({ parts, apps, tickets });
  const eventRoute = createEventRoute(parts, apps);
  const budgets = createBudgets(parts.limits);
  const redeem: OtherCredential = ({ query }) => {
    const { ticket } = query as { readonly ticket?: unknown }; // Fastify's parser gives an object
    return typeof ticket === 'string' ? { principal: tickets.redeem(ticket) } : undefined;
  };

  return {
    async register(server) {
      server.setErrorHandler((error, _, reply) => sendError(reply, toBrokerError(error, parts.logger)));
      server.setNotFoundHandler(sendNotFound);
      await server.register(async (scope) => {
        await admitPages(scope, parts.origins);
        scope.removeContentTypeParser('application/json');
        scope.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_, body, done) => {
          try {
            done(null, parseJson(body as Buffer)); // as the line above asks for
          } catch (error) {
            done(error as BrokerError); // it throws no other
          }
        });
        scope.addContentTypeParser('application/octet-stream', { parseAs: 'buffer' }, (_, body, done) =>
          done(null, body),
        );
        for (const [name, route] of Object.entries(HTTP_ROUTES)) {
          if (name === 'events') continue;
          const call = calls[name as keyof HttpCalls] as AnyCall; // the table's own name; the body is checked by its schema
          addCall(scope, parts, budgets, route, (given) => call({ ...given, route: name as keyof HttpCalls })); // as above
        }
        const { path: url, scope: needed } = HTTP_ROUTES.events;
        scope.get(url, { exposeHeadRoute: false, onRequest: requireBearer(parts, needed, redeem) }, (request, reply) =>
          eventRoute.serve(request, reply),
        );
      });
    },
    endOf(tokenId) {
      apps.endOf(tokenId);
      tickets.endOf(tokenId);
      eventRoute.endOf(tokenId);
    },
    close() {
      apps.close();
      tickets.close();
    },
  };
}

/** Browsers ask before they send a header such as Authorization; pages that may use the WebSocket may do this, too. */
async function admitPages(scope: FastifyInstance, origins: Origins): Promise<void> {
  const isAllowed = ({ headers: { origin, host } }: FastifyRequest) => origins.isAllowed(origin, host);
  scope.addHook('onRequest', (request, reply, done) => {
    if (origins.admits(request)) return done();
    sendError(
      reply,
      new BrokerError('forbidden', 'This origin may not ask: gateway.allowedOrigins has those that may.'),
    );
  });
  await scope.register(cors, {
    delegator: (request, done) =>
      done(null, { ...CORS, origin: isAllowed(request) ? (request.headers.origin ?? false) : false }),
  });
}

const CORS = {
  methods: ['GET', 'POST', 'PUT', 'DELETE'],
  allowedHeaders: ['authorization', 'content-type', 'idempotency-key', 'last-event-id'],
  exposedHeaders: ['retry-after', 'www-authenticate'],
  maxAge: 600,
};

type UnnamedCall = (call: Omit<HttpCall<'connect'>, 'route'>) => unknown;

function addCall(
  scope: FastifyInstance,
  parts: GatewayParts,
  budgets: Budgets,
  route: HttpRoute,
  call: UnnamedCall,
): void {
  const bodyLimit = route.takesBytes === true ? MAX_DATA_BYTES : parts.limits.textFrameBytes;
  const readBody = createBodyReader(route);
  scope.route({
    method: route.verb,
    url: route.path.replaceAll(/\{(\w+)\}/g, ':$1'),
    bodyLimit,
    onRequest: [requireBearer(parts, route.scope), createAdmission(budgets, route, bodyLimit)],
    handler: async (request, reply) => {
      const { body, bytes } = readBody(request.body);
      const params = request.params as Readonly<Record<string, string>>; // Fastify's, of the path
      const given = { principal: principalOf(request), params, body: body as undefined, bytes }; // checked, see createHttpCalls
      const result = await call({ ...given, key: readKey(request) });
      return reply.code(route.status).header('cache-control', 'no-store').send(result);
    },
  });
}

/** Source: the draft of the IETF on the Idempotency-Key header, which the calls of the WebSocket have as a parameter. */
function readKey({ headers }: FastifyRequest): string | undefined {
  const key = headers['idempotency-key'];
  if (key === undefined || isIdempotencyKey(String(key))) return key === undefined ? undefined : String(key);
  throw new BrokerError('invalidParams', 'Idempotency-Key must be 1 to 64 printable ASCII characters without spaces.');
}

/** Before a body is read there must be room for it. */
function createAdmission(budgets: Budgets, { takesBytes = false }: HttpRoute, bodyLimit: number): onRequestHookHandler {
  return (request, reply, done) => {
    const { headers } = request;
    const bytes = Number(headers['content-length'] ?? 0);
    // Some clients name a type with every request: where there is no content it says nothing.
    if (bytes === 0 && headers['transfer-encoding'] === undefined) delete headers['content-type'];
    if (takesBytes && headers['content-length'] === undefined) {
      return refuse(reply, new BrokerError('invalidRequest', 'The header Content-Length is missing.'));
    }
    if (bytes > bodyLimit) return refuse(reply, new BrokerError('bodyTooLarge'));
    try {
      reply.raw.once('close', budgets.take(principalOf(request).tokenId, bytes));
    } catch (error) {
      return refuse(reply, error as BrokerError); // it throws no other
    }
    done();
  };
}

function refuse(reply: FastifyReply, error: BrokerError): void {
  sendError(reply.header('connection', 'close'), error);
}

/** Gives the parts of a body that fit the route, or throws BrokerError `invalidParams`. */
function createBodyReader({ body: schema, call, isBodyOptional = false, takesBytes = false }: HttpRoute) {
  const checked = schema === undefined || call === undefined ? schema : leaveArguments(schema, call);
  const check = checked === undefined ? undefined : createCheck(checked, 'body');
  return (body: unknown): { readonly body: unknown; readonly bytes: Uint8Array } => {
    if (takesBytes) {
      if (Buffer.isBuffer(body)) return { body: undefined, bytes: body };
      throw new BrokerError('invalidParams', 'The body must be application/octet-stream.');
    }
    if (check === undefined || (isBodyOptional && body === undefined)) return { body: undefined, bytes: NOTHING };
    const isJson = body !== undefined && typeof body !== 'string' && !Buffer.isBuffer(body);
    const fault = isJson ? check(body) : 'The body must be a JSON object, with Content-Type: application/json';
    if (fault !== undefined) throw new BrokerError('invalidParams', `${fault}.`);
    return { body, bytes: NOTHING };
  };
}

const NOTHING = new Uint8Array();
