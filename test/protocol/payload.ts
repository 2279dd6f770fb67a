/** What tests of deliveries say and send. */
import { expect } from 'vitest';
import { type Delivery, nextFrame, noteTaken, pushText } from '../../src/protocol/delivery.js';
import type { MessageSink } from '../../src/protocol/delivery-incoming.js';
import type { DataFrame, TextFrame } from '../../src/protocol/frame.js';

/** Of a link with 244-byte packets. */
export const CHUNK_BYTES = 7_712;
export const MIB = 1_024 * 1_024;

/** Queues a text whose settlement is of no interest. */
export function push(delivery: Delivery, text: string): void {
  expect(pushText(delivery, text, Buffer.byteLength(text), ignore)).toBe(true);
}

/** Everything the credit lets out now. */
export function takeAll(delivery: Delivery, chunkBytes = CHUNK_BYTES): (TextFrame | DataFrame)[] {
  const frames: (TextFrame | DataFrame)[] = [];
  for (let frame = nextFrame(delivery, chunkBytes); frame !== undefined; frame = nextFrame(delivery, chunkBytes)) {
    frames.push(frame);
  }
  return frames;
}

export function text(sequence: number, bytes = 1): TextFrame {
  return { type: 'text', session: 100, sequence, acknowledgement: 0, text: 'x'.repeat(bytes), bytes };
}

export function data(sequence: number, bytes: number, flags: Partial<DataFrame> = {}, value = 0): DataFrame {
  const payload = new Uint8Array(bytes).fill(value);
  return { type: 'data', session: 100, sequence, acknowledgement: 0, isFirst: true, isLast: true, payload, ...flags };
}

export function bytesOf(frame: TextFrame | DataFrame): number {
  return frame.type === 'data' ? frame.payload.length : frame.bytes;
}

/** An app that takes everything at once, and keeps it. */
export function recorder(delivery: Delivery) {
  const texts: string[] = [];
  const buffers: ArrayBuffer[] = [];
  const sink: MessageSink = {
    onText(text, creditBytes) {
      texts.push(text);
      noteTaken(delivery, creditBytes);
    },
    onData(buffer, creditBytes) {
      buffers.push(buffer);
      noteTaken(delivery, creditBytes);
    },
    isTakingData: () => true,
  };
  return { sink, texts, buffers };
}

export function ignore(): void {}

export function unexpected(): void {
  throw new Error('must not be called');
}
