/** The HTTP side: who may upgrade to a WebSocket, and a sign of life for supervisors. */
import websocket from '@fastify/websocket';
import fastify, {
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  type onRequestHookHandler,
} from 'fastify';
import type { WebSocket } from 'ws';
import { GOODBYE_TIMEOUT_MS, HTTP_TIMEOUT_MS } from '../protocol/limits.js';
import { SUBPROTOCOL } from '../protocol/rpc.js';
import { serveCharts } from './chart-route.js';
import { isOriginAllowed } from './origin.js';
import { releaseUpgrade } from './socket-internals.js';

/** Offered by clients, and answered to those who offer it. */

export interface HttpServerOptions {
  /** Origins of web pages that may connect, see isOriginAllowed. */
  readonly origins: readonly string[];
  /** Messages longer than this end a connection until it is allowed more. */
  readonly messageBytes: number;
  /** TCP connections, whatever they are for. */
  readonly maxConnections: number;
  hasRoom(): boolean;
  onSocket(socket: WebSocket, address: string): void;
}

/** Ready to listen. Compression is off: it costs eight to twelve times the CPU. */
export async function createHttpServer(options: HttpServerOptions): Promise<FastifyInstance> {
  const app = fastify({
    logger: false,
    forceCloseConnections: true,
    requestTimeout: HTTP_TIMEOUT_MS,
    http: { headersTimeout: HTTP_TIMEOUT_MS, requestTimeout: HTTP_TIMEOUT_MS },
  });
  app.server.maxConnections = options.maxConnections;
  const socketOptions = {
    maxPayload: options.messageBytes,
    perMessageDeflate: false,
    clientTracking: false,
    closeTimeout: GOODBYE_TIMEOUT_MS, // not in the declarations of ws yet
    handleProtocols: (offered: Set<string>) => offered.has(SUBPROTOCOL) && SUBPROTOCOL,
  };
  await app.register(websocket, { options: socketOptions, errorHandler: () => {} });

  app.get('/healthz', (_, reply) => reply.header('cache-control', 'no-store').send({ status: 'ok' }));
  serveCharts(app);
  const onRequest: onRequestHookHandler = (request, reply, done) => {
    if (isWelcome(request, reply, options)) done();
  };
  app.get('/v1/ws', { websocket: true, onRequest }, (socket, request) => {
    // The plugin's own listener would keep the request and the reply as long as the connection lasts, and so would Node.
    socket.removeAllListeners('error');
    releaseUpgrade(request.raw);
    options.onSocket(socket, request.socket.remoteAddress ?? 'unknown');
  });
  return app;
}

/** Refuses before the upgrade: afterwards Fastify's hooks do not run. */
function isWelcome(request: FastifyRequest, reply: FastifyReply, { origins, hasRoom }: HttpServerOptions): boolean {
  const { origin, host, 'sec-websocket-protocol': offered } = request.headers;
  if (!isOriginAllowed(origin, host, origins)) {
    reply.code(403).send({ error: 'This origin may not connect.' });
  } else if (offered !== undefined && !offered.split(',').some((name) => name.trim() === SUBPROTOCOL)) {
    reply.code(400).send({ error: `The subprotocol is ${SUBPROTOCOL}.` });
  } else if (!hasRoom()) {
    reply.code(503).header('retry-after', '1').send({ error: 'Too many connections.' });
  } else {
    return true;
  }
  return false;
}
