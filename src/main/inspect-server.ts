/** Tells programs on this machine what a gateway tells inspectors, so that they need neither know how to log in nor hold a token. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocketServer } from 'ws';
import { isOriginAllowed } from '../gateway/origin.js';
import { MAX_INSPECTORS } from '../protocol/limits.js';
import { inspectPage, inspectPolicy } from './inspect-page.js';
import { type InspectSource, relayInspection } from './inspect-relay.js';

const HOST = '127.0.0.1';
/** Tools, and browsers that fetch the page. */
const MAX_SOCKETS = 64;
/** Tools only listen. */
const MAX_BYTES_FROM_TOOL = 1_024;
/** For tools that do not answer when it ends. */
const CLOSE_TIMEOUT_MS = 1_000;

export interface InspectOptions extends InspectSource {
  /** 0 takes any free one. */
  readonly port: number;
  /** The page that draws. */
  readonly inspector: URL;
}

export interface InspectServer {
  readonly port: number;
  close(): Promise<void>;
}

/** Rejects with the system's error when it cannot listen there. */
export async function serveInspector(options: InspectOptions): Promise<InspectServer> {
  const http = createServer();
  http.maxConnections = MAX_SOCKETS;
  http.listen(options.port, HOST);
  await once(http, 'listening');
  const { port } = http.address() as AddressInfo; // it listens on TCP
  http.on('request', pageListener(options.inspector, port));
  const tools: WebSocketServer = new WebSocketServer({
    server: http,
    maxPayload: MAX_BYTES_FROM_TOOL,
    verifyClient({ req }, answer) {
      if (!isFromHere(req)) answer(false, 403);
      else if (tools.clients.size >= MAX_INSPECTORS) answer(false, 503);
      else answer(true);
    },
  });
  tools.on('connection', (tool) => relayInspection(tool, options));
  return {
    port,
    async close() {
      const closed = once(http, 'close');
      for (const tool of tools.clients) tool.close(1001, 'tandem inspect has ended.');
      tools.close();
      http.close();
      http.closeAllConnections();
      const timer = setTimeout(() => tools.clients.forEach((tool) => void tool.terminate()), CLOSE_TIMEOUT_MS);
      await closed;
      clearTimeout(timer);
    },
  };
}

/** Nobody is asked for a token here, so neither may pages from elsewhere come, nor names that lead here for a moment. */
function isFromHere({ headers: { host = '', origin } }: IncomingMessage): boolean {
  return /^(localhost|127\.0\.0\.1):\d+$/.test(host) && isOriginAllowed(origin, undefined, []);
}

function pageListener(inspector: URL, port: number): RequestListener {
  const files = inspectPage(inspector);
  const policy = inspectPolicy(inspector, port);
  const missing = ['text/plain; charset=utf-8', 'There is no such page.\n'] as const;
  return (request, response) => {
    const file = isFromHere(request) ? files.get(request.url ?? '') : undefined;
    const [type, body] = file ?? missing;
    response.writeHead(file === undefined ? 404 : 200, {
      'content-type': type,
      'content-security-policy': policy,
      'x-content-type-options': 'nosniff',
    });
    response.end(body);
  };
}
