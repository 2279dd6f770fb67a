import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import { type WebSocket, WebSocketServer } from 'ws';
import type { MethodResult } from '../../src/protocol/calls.js';
import type { NotificationParams } from '../../src/protocol/notified.js';
import { formatNotification, formatResult, parseRequest, type RequestId } from '../../src/protocol/rpc.js';

export interface FakeCall {
  readonly socket: WebSocket;
  readonly id: RequestId;
  readonly method: string;
}

export interface FakeGateway {
  readonly url: string;
  /** Resolves when the first client connected. */
  readonly connected: Promise<unknown>;
  /** How often a client connected. */
  readonly connections: number;
}

const HELLO: NotificationParams<'hello'> = {
  server: 'fake',
  version: '0',
  protocol: { min: 1, max: 1 },
  pingIntervalMs: 1_000,
  limits: {
    textFrameBytes: 65_536,
    binaryFrameBytes: 65_536,
    strangerFrameBytes: 4_096,
    authenticationTimeoutMs: 10_000,
    callsInFlight: 16,
    callBytesInFlight: 65_536,
    queueBytes: 65_536,
    eventWindowBytes: 65_536,
    appGraceMs: 10_000,
  },
};

const GATEWAY: MethodResult<'authenticate'> = {
  name: 'fake',
  bundleName: 'fake',
  scopes: ['read', 'drive'],
  isSystemApp: false,
  version: 1,
  deviceId: 'fake',
  deviceName: 'fake',
};

/** A gateway that misbehaves as told: `onCall` gets every call but `authenticate`, which succeeds. */
export async function createFakeGateway(
  onCall: (call: FakeCall) => void = () => {},
  hello: Partial<NotificationParams<'hello'>> | undefined = {},
): Promise<FakeGateway> {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  await once(server, 'listening');
  const connected = once(server, 'connection');
  let connections = 0;
  server.on('connection', (socket) => {
    connections += 1;
    if (hello !== undefined) socket.send(formatNotification('hello', JSON.stringify({ ...HELLO, ...hello })));
    socket.on('message', (data: Buffer) => {
      const request = parseRequest(data.toString());
      if (request.type !== 'request') throw new Error('the client sent no request');
      if (request.method === 'authenticate') socket.send(formatResult(request.id, GATEWAY));
      else onCall({ socket, id: request.id, method: request.method });
    });
  });
  onTestFinished(() => {
    for (const socket of server.clients) socket.terminate();
    server.close();
  });
  const { port } = server.address() as AddressInfo; // it listens on TCP
  return {
    connected,
    url: `ws://127.0.0.1:${port}`,
    get connections() {
      return connections;
    },
  };
}
