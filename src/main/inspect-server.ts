/** Tells programs on this machine what a gateway tells inspectors, so that they need neither know how to log in nor hold a token. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocket, WebSocketServer } from 'ws';
import { isOriginAllowed } from '../gateway/origin.js';
import { isObject } from '../protocol/shape.js';
import { inspectPage, inspectPolicy } from './inspect-page.js';

const HOST = '127.0.0.1';
/** Of a tool that reads slowly, before the gateway has to keep the rest: it ends those that never catch up. */
const MAX_WAITING_BYTES = 1_048_576;

export interface InspectOptions {
  /** `/v1/inspect` of the gateway. */
  readonly source: URL;
  readonly token: string;
  /** 0 takes any free one. */
  readonly port: number;
  /** The page that draws. */
  readonly inspector: URL;
  /** For people: why a tool was not served. */
  readonly onTrouble: (words: string) => void;
}

export interface InspectServer {
  readonly port: number;
  close(): Promise<void>;
}

/** Rejects with the system's error when it cannot listen there. */
export async function serveInspector(options: InspectOptions): Promise<InspectServer> {
  const http = createServer();
  http.listen(options.port, HOST);
  await once(http, 'listening');
  const { port } = http.address() as AddressInfo; // it listens on TCP
  servePage(http, options.inspector, port);
  const tools = new WebSocketServer({
    server: http,
    verifyClient: ({ req }: { req: IncomingMessage }) => isFromHere(req),
  });
  tools.on('connection', (tool) => relay(tool, options));
  return {
    port,
    async close() {
      for (const tool of tools.clients) tool.close(1001, 'tandem inspect has ended.');
      tools.close();
      http.close();
      http.closeIdleConnections();
      await once(http, 'close');
    },
  };
}

/** Nobody is asked for a token here, so neither may pages from elsewhere come, nor names that lead here for a moment. */
function isFromHere({ headers: { host = '', origin } }: IncomingMessage): boolean {
  return /^(localhost|127\.0\.0\.1):\d+$/.test(host) && isOriginAllowed(origin, undefined, []);
}

function servePage(http: Server, inspector: URL, port: number): void {
  const files = inspectPage(inspector);
  http.on('request', ({ url = '' }, response) => {
    const [type, body] = files.get(url) ?? ['text/plain; charset=utf-8', 'There is no such page.\n'];
    response.writeHead(files.has(url) ? 200 : 404, {
      'content-type': type,
      'content-security-policy': inspectPolicy(inspector, port),
      'x-content-type-options': 'nosniff',
    });
    response.end(body);
  });
}

/** A connection to the gateway for each tool, so that each hears of all sessions from the beginning. */
function relay(tool: WebSocket, { source, token, onTrouble }: InspectOptions): void {
  const gateway = new WebSocket(source);
  const end = (words: string): void => {
    onTrouble(words);
    tool.close(1011, words.slice(0, 100));
  };
  gateway.on('open', () =>
    gateway.send(JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'authenticate', params: { token } })),
  );
  gateway.on('message', (data) => {
    const text = data.toString();
    const frame: unknown = JSON.parse(text);
    if (!isObject(frame)) return;
    // `hello` and the answer are for whoever logs in.
    if (isObject(frame['error'])) end(String(frame['error']['message']));
    else if (frame['jsonrpc'] === undefined) pass(text, tool, gateway);
  });
  gateway.on('error', (error) => end(`The gateway cannot be reached: ${error.message}`));
  gateway.on('close', (code, reason) => {
    if (tool.readyState === WebSocket.OPEN) end(`The gateway closed the connection: ${reason} (${code})`);
  });
  // What a tool says is nobody's business: it only listens.
  tool.on('error', () => tool.terminate());
  tool.on('close', () => gateway.terminate());
}

function pass(text: string, tool: WebSocket, gateway: WebSocket): void {
  tool.send(text, () => {
    if (tool.bufferedAmount < MAX_WAITING_BYTES) gateway.resume();
  });
  if (tool.bufferedAmount >= MAX_WAITING_BYTES) gateway.pause();
}
