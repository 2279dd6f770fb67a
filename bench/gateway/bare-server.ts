/** The peer: what one writes with `ws` in an afternoon. Parses, checks, forwards through a Map, answers; no sessions, one device. */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';
import { answerParent } from '../harness/child.js';

export interface BareAddress {
  readonly type: 'bare';
  readonly url: string;
}

interface Request {
  readonly id?: unknown;
  readonly name?: unknown;
  readonly to?: unknown;
  readonly msg?: unknown;
}

const MAX_MESSAGE_BYTES = 1_024;

answerParent(async () => {
  const clients = new Map<string, WebSocket>();
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  server.on('connection', (socket) => {
    socket.on('message', (data) => receive(clients, socket, data.toString()));
  });
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo; // it listens on TCP
  const address: BareAddress = { type: 'bare', url: `ws://127.0.0.1:${port}` };
  return { address: () => address, cpu: () => process.cpuUsage() };
});

function receive(clients: Map<string, WebSocket>, socket: WebSocket, text: string): void {
  const { id, name, to, msg } = JSON.parse(text) as Request; // every field is looked at before it is used
  if (typeof name === 'string') {
    clients.set(name, socket);
    socket.send(JSON.stringify({ id, result: null }));
    return;
  }
  const target = typeof to === 'string' ? clients.get(to) : undefined;
  if (target === undefined) {
    socket.send(JSON.stringify({ id, error: 'no such client' }));
  } else if (typeof msg !== 'string' || Buffer.byteLength(msg) > MAX_MESSAGE_BYTES) {
    socket.send(JSON.stringify({ id, error: 'not a message' }));
  } else {
    target.send(JSON.stringify({ method: 'event', params: { type: 'message', msg } }));
    socket.send(JSON.stringify({ id, result: null }));
  }
}
