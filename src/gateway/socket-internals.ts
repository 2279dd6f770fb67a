/** Where the gateway reaches below the public interface of ws. test/gateway/socket-internals.test.ts fails when ws changes there. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';

interface Internals {
  readonly _socket: Duplex;
  readonly _receiver: { _maxPayload: number };
}

/** The stream under the socket, for frames that are written here. They must be whole: ws writes its own between them. */
export function streamOf(socket: WebSocket): Duplex {
  return internalsOf(socket)._socket;
}

/**
 * Sets how long a message may be; a longer one closes the connection with 1009 as soon as its header is read. ws knows one limit per
 * server only, and ours starts with the smallest: should this ever stop working, strangers stay bounded and large data is refused.
 */
export function setMessageLimit(socket: WebSocket, bytes: number): void {
  internalsOf(socket)._receiver._maxPayload = bytes;
}

/**
 * Lets go of the response that was made for the upgrade request. Node keeps it at the socket, and with it the request and all that Fastify
 * knows of it: a seventh of what an idle connection costs.
 */
export function releaseUpgrade({ socket }: IncomingMessage): void {
  const { _httpMessage: response } = socket as Socket & { readonly _httpMessage?: ServerResponse | null }; // not declared
  response?.detachSocket(socket);
}

function internalsOf(socket: WebSocket): Internals {
  return socket as unknown as Internals; // the fields exist from 'open' on, but are not declared
}
