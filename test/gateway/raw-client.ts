/** A client that knows no more than docs/gateway.md: frames out, frames in. What comes in is held against the schemas. */
import { once } from 'node:events';
import { onTestFinished } from 'vitest';
import { type ClientOptions, WebSocket } from 'ws';
import { parseServerFrame, type RpcError } from '../../src/protocol/rpc.js';
import { createMailbox, type Mailbox } from '../conformance/mailbox.js';
import { checkNotification, checkResult } from './schemas.js';

export type Params = Readonly<Record<string, unknown>>;

export interface RawClient {
  readonly socket: WebSocket;
  /** Calls and waits. Rejects with CallFailed on an error answer, and when the connection closes first. */
  call(method: string, params?: Params): Promise<unknown>;
  /** Sends a frame as it is. */
  sendRaw(frame: string | Uint8Array): void;
  /** Notifications of one method, in order. */
  notifications(method: string): Mailbox<Params>;
  readonly binaries: Mailbox<Buffer>;
  /** Every text frame, as text. */
  readonly texts: Mailbox<string>;
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
  /** Ends the connection without a word. */
  drop(): Promise<void>;
}

export class CallFailed extends Error {
  override readonly name = 'CallFailed';
  readonly error: RpcError;

  constructor(error: RpcError) {
    super(error.message);
    this.error = error;
  }
}

/** Resolves once the connection is open. */
export async function openRaw(url: string, options: ClientOptions = {}): Promise<RawClient> {
  const socket = new WebSocket(url, 'tandem.v1', { perMessageDeflate: false, ...options });
  const client = createRawClient(socket);
  onTestFinished(() => socket.terminate());
  await once(socket, 'open');
  return client;
}

function createRawClient(socket: WebSocket): RawClient {
  const waiting = new Map<number, (outcome: RpcError | { readonly result: unknown }) => void>();
  const boxes = new Map<string, Mailbox<Params>>();
  const binaries = createMailbox<Buffer>();
  const texts = createMailbox<string>();
  // Far from the ids that tests choose for frames of their own.
  let lastId = 1_000;

  function notifications(method: string): Mailbox<Params> {
    const box = boxes.get(method) ?? createMailbox<Params>();
    boxes.set(method, box);
    return box;
  }

  function receive(text: string): void {
    texts.post(text);
    const frame = parseServerFrame(text);
    if (frame?.type === 'notification') {
      checkNotification(frame.method, frame.params);
      return notifications(frame.method).post(frame.params as Params); // checked above
    }
    if (frame === undefined) throw new Error(`not a frame of the gateway: ${text}`);
    const id = Number(frame.id);
    waiting.get(id)?.(frame.type === 'error' ? frame.error : { result: frame.result });
    waiting.delete(id);
  }

  socket.on('message', (data: Buffer, isBinary) => (isBinary ? binaries.post(data) : receive(data.toString())));
  socket.on('error', () => {}); // 'close' follows
  const closed = new Promise<{ code: number; reason: string }>((resolve) => {
    socket.on('close', (code, reason) => {
      for (const settle of waiting.values()) settle({ code: -1, message: `closed with ${code}` });
      resolve({ code, reason: reason.toString() });
    });
  });

  return {
    socket,
    notifications,
    binaries,
    texts,
    closed,
    sendRaw: (frame) => socket.send(frame),
    call: (method, params = {}) =>
      new Promise((resolve, reject) => {
        lastId += 1;
        waiting.set(lastId, (outcome) => {
          if (!('result' in outcome)) return reject(new CallFailed(outcome));
          checkResult(method, outcome.result);
          resolve(outcome.result);
        });
        socket.send(JSON.stringify({ jsonrpc: '2.0', id: lastId, method, params }));
      }),
    async drop() {
      socket.terminate();
      await closed;
    },
  };
}
