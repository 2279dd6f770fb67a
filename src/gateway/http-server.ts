/** The HTTP side: its limits and headers, and who may upgrade to a WebSocket. */
import websocket from '@fastify/websocket';
import fastify, {
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  type onRequestHookHandler,
} from 'fastify';
import type { WebSocket } from 'ws';
import { BrokerError } from '../protocol/errors.js';
import { GOODBYE_TIMEOUT_MS, HTTP_TIMEOUT_MS, MAX_NAME_BYTES } from '../protocol/limits.js';
import { SUBPROTOCOL } from '../protocol/rpc.js';
import { serveCharts } from './chart-route.js';
import { addressOf } from './client-address.js';
import { answerMalformed, sendError, sendUnreadable } from './http/http-errors.js';
import { addSecurityHeaders } from './http/security-headers.js';
import type { Origins } from './origins.js';
import { releaseUpgrade } from './socket-internals.js';

/** Older ones are broken. Source: RFC 8996. */
export const MIN_TLS_VERSION = 'TLSv1.2';

/** Offered by clients, and answered to those who offer it. */

export interface HttpServerOptions {
  readonly origins: Origins;
  /** Addresses and ranges of proxies whose word on the address of a client counts. */
  readonly trustedProxies: readonly string[];
  /** Certificate and key in PEM form. */
  readonly tls: { readonly cert: string; readonly key: string } | undefined;
  /** Messages longer than this end a connection until it is allowed more. */
  readonly messageBytes: number;
  /** TCP connections, whatever they are for. */
  readonly maxConnections: number;
  hasRoom(address: string): boolean;
  onSocket(socket: WebSocket, address: string): void;
  /** The same at `/v1/inspect`. */
  onInspector(socket: WebSocket, address: string): void;
}

/** Ready to listen. Compression is off: it costs eight to twelve times the CPU. */
export async function createHttpServer(options: HttpServerOptions): Promise<FastifyInstance> {
  const app = fastify({
    ...secureOptions(options.tls),
    logger: false,
    trustProxy: options.trustedProxies.length > 0 && [...options.trustedProxies],
    forceCloseConnections: true,
    requestTimeout: HTTP_TIMEOUT_MS,
    routerOptions: { maxParamLength: 3 * MAX_NAME_BYTES }, // each byte as %XX
    frameworkErrors: sendUnreadable,
    clientErrorHandler: answerMalformed,
    http: { headersTimeout: HTTP_TIMEOUT_MS, requestTimeout: HTTP_TIMEOUT_MS },
  });
  app.server.maxConnections = options.maxConnections;
  await app.register(websocket, { options: socketOptions(options.messageBytes), errorHandler: () => {} });

  addSecurityHeaders(app);
  serveCharts(app);
  const onRequest: onRequestHookHandler = (request, reply, done) => {
    if (isWelcome(request, reply, options)) done();
  };
  for (const [path, accept] of [
    ['/v1/ws', options.onSocket],
    ['/v1/inspect', options.onInspector],
  ] as const) {
    app.route({
      method: 'GET',
      url: path,
      onRequest,
      handler: (_, reply) => sendError(reply, new BrokerError('methodNotFound', `${path} is a WebSocket.`)),
      wsHandler(socket, request) {
        // The plugin's own listener would keep the request and the reply as long as the connection lasts, and so would Node.
        socket.removeAllListeners('error');
        releaseUpgrade(request.raw);
        accept(socket, addressOf(request));
      },
    });
  }
  return app;
}

function socketOptions(maxPayload: number) {
  return {
    maxPayload,
    perMessageDeflate: false,
    clientTracking: false,
    // ws would answer each ping at once, and keep all answers for a client that reads none: the outbox bounds them.
    autoPong: false,
    closeTimeout: GOODBYE_TIMEOUT_MS, // not in the declarations of ws yet
    handleProtocols: (offered: Set<string>) => offered.has(SUBPROTOCOL) && SUBPROTOCOL,
  };
}

/** Untyped: the declarations tell servers with TLS from those without, and the routes are the same for both. */
function secureOptions(tls: HttpServerOptions['tls']): object {
  if (tls === undefined) return {};
  const timeouts = { headersTimeout: HTTP_TIMEOUT_MS, requestTimeout: HTTP_TIMEOUT_MS };
  return { https: { ...tls, ...timeouts, minVersion: MIN_TLS_VERSION } };
}

/** Refuses before the upgrade: afterwards Fastify's hooks do not run. */
function isWelcome(request: FastifyRequest, reply: FastifyReply, { origins, hasRoom }: HttpServerOptions): boolean {
  const { 'sec-websocket-protocol': offered } = request.headers;
  if (!origins.admits(request)) {
    reply.code(403).send({ error: 'This origin may not connect: gateway.allowedOrigins has those that may.' });
  } else if (offered !== undefined && !offered.split(',').some((name) => name.trim() === SUBPROTOCOL)) {
    reply.code(400).send({ error: `The subprotocol is ${SUBPROTOCOL}.` });
  } else if (!hasRoom(addressOf(request))) {
    reply.code(503).header('retry-after', '1').send({ error: 'Too many connections.' });
  } else {
    return true;
  }
  return false;
}
