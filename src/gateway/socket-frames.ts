/** WebSocket frames, written here rather than by ws: the texts of one turn become one buffer and one system call. RFC 6455, section 5.2. */

/** Bytes to write one after the other. Whoever gets them may keep them: they never change. */
export type Frame = readonly Uint8Array[];

const TEXT = 0x1;
const BINARY = 0x2;
const PING = 0x9;
const PONG = 0xa;
const FINAL = 0x80;

/** One frame a text, in one buffer. */
export function frameTexts(texts: readonly string[]): Uint8Array {
  const lengths: number[] = [];
  let total = 0;
  for (const text of texts) {
    const length = Buffer.byteLength(text);
    lengths.push(length);
    total += headerBytes(length) + length;
  }
  const frames = Buffer.allocUnsafe(total);
  let at = 0;
  let index = 0;
  for (const text of texts) {
    const length = lengths[index++] ?? 0;
    at = writeHeader(frames, at, TEXT, length);
    // As many bytes as characters: all are ASCII, and the plainer encoding writes the same faster.
    at += frames.write(text, at, length === text.length ? 'latin1' : 'utf8');
  }
  return frames;
}

/** A binary message; `payload` is not copied. */
export function frameBinary(head: Uint8Array, payload: Uint8Array): Frame {
  const length = head.length + payload.length;
  const start = Buffer.allocUnsafe(headerBytes(length) + head.length);
  start.set(head, writeHeader(start, 0, BINARY, length));
  return [start, payload];
}

/** `text` is ASCII of at most 125 characters; the client sends it back. Source: RFC 6455, section 5.5.2. */
export function framePing(text: string): Frame {
  const frame = Buffer.allocUnsafe(headerBytes(text.length) + text.length);
  frame.write(text, writeHeader(frame, 0, PING, text.length), 'latin1');
  return [frame];
}

/** What such a frame carries: for those who are told the same over something else than a WebSocket. Undefined for a ping. */
export function readFrame(frame: Frame): string | Buffer | undefined {
  const bytes = Buffer.concat(frame);
  const opcode = (bytes[0] ?? 0) & ~FINAL;
  const payload = bytes.subarray(2 + lengthBytes(bytes[1] ?? 0));
  if (opcode === PING) return undefined;
  return opcode === TEXT ? payload.toString() : payload;
}

/** How many bytes follow the second one to say how long the payload is. */
function lengthBytes(second: number): number {
  if (second < 126) return 0;
  return second === 126 ? 2 : 8;
}

/** Says back what a ping said. */
export function framePong(data: Uint8Array): Frame {
  const frame = Buffer.allocUnsafe(headerBytes(data.length) + data.length);
  frame.set(data, writeHeader(frame, 0, PONG, data.length));
  return [frame];
}

function headerBytes(length: number): number {
  if (length < 126) return 2;
  return length < 0x1_0000 ? 4 : 10;
}

/** Unmasked and final. Returns where the payload goes. */
function writeHeader(target: Buffer, at: number, opcode: number, length: number): number {
  target[at] = FINAL | opcode;
  if (length < 126) {
    target[at + 1] = length;
    return at + 2;
  }
  if (length < 0x1_0000) {
    target[at + 1] = 126;
    return target.writeUInt16BE(length, at + 2);
  }
  target[at + 1] = 127;
  return target.writeBigUInt64BE(BigInt(length), at + 2);
}
