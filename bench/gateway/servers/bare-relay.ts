/** What one writes with `ws` in an afternoon: parses, checks, forwards through a Map, answers; no sessions, one device. */
import type { WebSocket } from 'ws';

interface Request {
  readonly id?: unknown;
  readonly name?: unknown;
  readonly to?: unknown;
  readonly msg?: unknown;
  readonly observe?: unknown;
}

const MAX_MESSAGE_BYTES = 1_024;
/** `u32 request id | u16 receiver | payload`; what arrives is the payload, and the answer is the id. */
export const BINARY_HEADER_BYTES = 6;

export interface BareRelay {
  serve(socket: WebSocket): void;
}

export function createBareRelay(): BareRelay {
  const clients = new Map<string, WebSocket>();
  const observers = new Set<WebSocket>();

  function forward(socket: WebSocket, frame: Buffer): void {
    const target = clients.get(`receiver ${frame.readUInt16BE(4)}`);
    if (target === undefined) return socket.terminate();
    target.send(frame.subarray(BINARY_HEADER_BYTES));
    socket.send(frame.subarray(0, 4));
  }

  function receive(socket: WebSocket, text: string): void {
    const { id, name, to, msg, observe } = JSON.parse(text) as Request; // every field is looked at before it is used
    if (observe === true) observers.add(socket);
    if (typeof name === 'string') clients.set(name, socket);
    if (typeof name === 'string' || observe === true) return socket.send(JSON.stringify({ id, result: null }));
    if (typeof msg !== 'string' || Buffer.byteLength(msg) > MAX_MESSAGE_BYTES) {
      return socket.send(JSON.stringify({ id, error: 'not a message' }));
    }
    const event = JSON.stringify({ method: 'event', params: { type: 'message', msg } });
    if (to === 'observers') {
      for (const observer of observers) observer.send(event);
    } else {
      const target = typeof to === 'string' ? clients.get(to) : undefined;
      if (target === undefined) return socket.send(JSON.stringify({ id, error: 'no such client' }));
      target.send(event);
    }
    socket.send(JSON.stringify({ id, result: null }));
  }

  return {
    serve(socket) {
      socket.on('message', (data: Buffer, isBinary) => {
        if (isBinary) forward(socket, data);
        else receive(socket, data.toString());
      });
    },
  };
}
