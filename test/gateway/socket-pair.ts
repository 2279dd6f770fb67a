/** Two ends of one real WebSocket on loopback. */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';

export interface SocketPair {
  /** The gateway's end. */
  readonly server: WebSocket;
  readonly client: WebSocket;
}

export async function createSocketPair(maxPayload = 100): Promise<SocketPair> {
  const listener = new WebSocketServer({ host: '127.0.0.1', port: 0, maxPayload });
  await once(listener, 'listening');
  const connected: Promise<WebSocket[]> = once(listener, 'connection');
  const client = new WebSocket(`ws://127.0.0.1:${(listener.address() as AddressInfo).port}`); // it listens on TCP
  onTestFinished(() => {
    client.terminate();
    listener.close();
  });
  const [server] = await connected;
  if (server === undefined) throw new Error('no socket came');
  server.on('error', () => {}); // 'close' follows
  if (client.readyState !== client.OPEN) await once(client, 'open');
  return { server, client };
}
