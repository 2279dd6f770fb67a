/** What a load needs to know of a server. */
import type { TandemAddress } from './servers/tandem-server.js';

export type Address = TandemAddress | BareAddress | SocketIoAddress | MqttAddress | NatsAddress;

/** A relay of our own making, on `ws` or on @fastify/websocket. */
export interface BareAddress {
  readonly type: 'bare';
  readonly url: string;
}

export interface SocketIoAddress {
  readonly type: 'socket.io';
  readonly url: string;
}

export interface MqttAddress {
  readonly type: 'mqtt';
  readonly url: string;
}

export interface NatsAddress {
  readonly type: 'nats';
  readonly url: string;
}
