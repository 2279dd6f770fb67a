/** A client that writes WebSocket frames byte by byte, right ones and wrong ones. Source: RFC 6455, section 5.2. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import { createMailbox, type Mailbox } from '../conformance/mailbox.js';

export const Opcode = { continuation: 0x0, text: 0x1, binary: 0x2, close: 0x8, ping: 0x9, pong: 0xa } as const;

export interface WireFrame {
  readonly opcode: number;
  readonly payload: Buffer;
}

export interface Wire {
  readonly socket: Socket;
  readonly frames: Mailbox<WireFrame>;
  /** The next frame that is no ping. */
  next(): Promise<WireFrame>;
  /** The code of the close frame that comes next, whatever comes before it. */
  closeCode(): Promise<number>;
}

/** Resolves once the connection is upgraded. */
export async function openWire(url: string): Promise<Wire> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  onTestFinished(() => void socket.destroy());
  await once(socket, 'connect');
  const head = ['GET /v1/ws HTTP/1.1', `Host: ${hostname}:${port}`, 'Connection: Upgrade', 'Upgrade: websocket'];
  socket.write(
    [...head, 'Sec-WebSocket-Version: 13', 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==', '', ''].join('\r\n'),
  );
  const frames = createMailbox<WireFrame>();
  let unread: Buffer = Buffer.alloc(0);
  let isUpgraded = false;
  socket.on('data', (chunk) => {
    unread = Buffer.concat([unread, chunk]);
    if (!isUpgraded) {
      const end = unread.indexOf('\r\n\r\n');
      if (end === -1) return;
      isUpgraded = true;
      unread = unread.subarray(end + 4);
    }
    unread = takeFrames(unread, frames);
  });

  async function next(): Promise<WireFrame> {
    const frame = await frames.next();
    return frame.opcode === Opcode.ping ? next() : frame;
  }

  async function closeCode(): Promise<number> {
    const { opcode, payload } = await frames.next();
    return opcode === Opcode.close ? payload.readUInt16BE(0) : closeCode();
  }

  return { socket, frames, next, closeCode };
}

/** Servers do not mask. Returns what is no whole frame yet. */
function takeFrames(bytes: Buffer, frames: Mailbox<WireFrame>): Buffer {
  const short = (bytes[1] ?? 0) & 0x7f;
  const start = short === 127 ? 10 : short === 126 ? 4 : 2;
  if (bytes.length < start) return bytes;
  const length = short === 127 ? Number(bytes.readBigUInt64BE(2)) : short === 126 ? bytes.readUInt16BE(2) : short;
  if (bytes.length < start + length) return bytes;
  frames.post({ opcode: (bytes[0] ?? 0) & 0x0f, payload: bytes.subarray(start, start + length) });
  return takeFrames(bytes.subarray(start + length), frames);
}

/** A masked frame of at most 125 bytes; the mask is all zeros, which changes nothing. `first` is its first byte. */
export function frame(first: number, payload: string | Uint8Array = ''): Buffer {
  const bytes = Buffer.from(payload);
  return Buffer.concat([Buffer.of(first, 0x80 | bytes.length, 0, 0, 0, 0), bytes]);
}

export const FINAL = 0x80;
