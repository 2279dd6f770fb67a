/** Two ends of a WebSocket without a network between them: real `ws` at both, on streams that break after a given number of bytes. */
import { Duplex } from 'node:stream';
import { WebSocket } from 'ws';

/** How a wire breaks: as soon as so many bytes have passed in either direction, in the middle of whatever is being sent. */
export interface Break {
  readonly toGateway: number;
  readonly toClient: number;
  /** The gateway hears nothing of it, as of a device that left the room. */
  readonly isUnnoticed: boolean;
}

export interface Wire {
  readonly client: Duplex;
  readonly gateway: Duplex;
  /** From now on bytes count. */
  arm(plan: Break): void;
  /** Ends what is left of it. */
  destroy(): void;
}

export function createWire(): Wire {
  let isUnnoticed = false;
  let isBroken = false;
  const client = createEnd(() => gateway, snap);
  const gateway = createEnd(() => client, snap);

  function snap(): void {
    if (isBroken) return;
    isBroken = true;
    client.destroy();
    if (!isUnnoticed) gateway.destroy();
  }

  return {
    client,
    gateway,
    arm(plan) {
      isUnnoticed = plan.isUnnoticed;
      client.budget = plan.toGateway;
      gateway.budget = plan.toClient;
    },
    destroy() {
      client.destroy();
      gateway.destroy();
    },
  };
}

interface End extends Duplex {
  /** Bytes that may still leave here. */
  budget: number;
}

/** What is written arrives in a later turn, as from a network. */
function createEnd(other: () => Duplex, snap: () => void): End {
  let queue: Uint8Array[] = [];

  function deliver(): void {
    const chunks = queue;
    queue = [];
    const target = other();
    for (const chunk of chunks) {
      if (target.destroyed) return;
      const passing = chunk.subarray(0, end.budget);
      end.budget -= passing.length;
      if (passing.length > 0) target.push(passing);
      if (end.budget <= 0) return snap();
    }
  }

  const stream = new Duplex({
    allowHalfOpen: false,
    read() {},
    write(chunk: Uint8Array, _, done) {
      if (queue.push(chunk) === 1) setImmediate(deliver);
      done();
    },
    final(done) {
      setImmediate(() => {
        if (!other().destroyed) other().push(null);
      });
      done();
    },
  });
  const end: End = Object.assign(stream, { budget: Number.POSITIVE_INFINITY });
  return end;
}

/** The `ws` of one end, open at once. */
export function openSocket(stream: Duplex, side: 'client' | 'gateway', maxPayload: number): WebSocket {
  const socket = new (WebSocket as unknown as WsConstructor)(null, undefined, { autoPong: side === 'client' }); // as ws and the gateway make them
  const internals = socket as unknown as Internals; // not declared; what a wrong name would break, every test here would notice
  internals._isServer = side === 'gateway';
  internals.setSocket(stream, Buffer.alloc(0), { allowSynchronousEvents: true, maxPayload, skipUTF8Validation: false });
  return socket;
}

interface Internals {
  _isServer: boolean;
  setSocket(stream: Duplex, head: Buffer, options: object): void;
}

type WsConstructor = new (address: null, protocols: undefined, options: object) => WebSocket;
