/** Calls over one WebSocket, for what happens before the load begins. */
import { once } from 'node:events';
import { WebSocket } from 'ws';

export interface Channel {
  readonly socket: WebSocket;
  /** Rejects when the answer is an error. */
  call(method: string, params: object): Promise<unknown>;
  /** The same with fields of one's own making instead of JSON-RPC. */
  ask(fields: object): Promise<unknown>;
  /** Called with the parameters of every notification of this method. */
  on(method: string, take: (params: Readonly<Record<string, unknown>>) => void): void;
  /** Lets the socket go: from now on it belongs to the load. */
  release(): WebSocket;
}

interface Incoming {
  readonly id?: number;
  readonly result?: unknown;
  readonly error?: unknown;
  readonly method?: string;
  readonly params?: Readonly<Record<string, unknown>>;
}

export async function openChannel(url: string): Promise<Channel> {
  const socket = new WebSocket(url, { perMessageDeflate: false, skipUTF8Validation: true });
  const waiting = new Map<number, (incoming: Incoming) => void>();
  const takers = new Map<string, (params: Readonly<Record<string, unknown>>) => void>();
  let lastId = 0;

  function receive(data: Buffer): void {
    const incoming = JSON.parse(data.toString()) as Incoming; // from a server of ours
    if (incoming.method !== undefined) takers.get(incoming.method)?.(incoming.params ?? {});
    else waiting.get(incoming.id ?? 0)?.(incoming);
  }

  async function ask(fields: object): Promise<unknown> {
    lastId += 1;
    const id = lastId;
    socket.send(JSON.stringify({ id, ...fields }));
    const { result, error } = await new Promise<Incoming>((resolve) => waiting.set(id, resolve));
    waiting.delete(id);
    if (error !== undefined) throw new Error(`${JSON.stringify(fields)}: ${JSON.stringify(error)}`);
    return result;
  }

  socket.on('message', receive);
  await once(socket, 'open');
  return {
    socket,
    ask,
    call: (method, params) => ask({ jsonrpc: '2.0', method, params }),
    on: (method, take) => takers.set(method, take),
    release() {
      socket.off('message', receive);
      return socket;
    },
  };
}
