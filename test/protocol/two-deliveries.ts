/** Both ends of a session and the link between them, which can be cut and resumed. Frames pass as bytes. */
import {
  acknowledge,
  createDelivery,
  type Delivery,
  isAcknowledgementDue,
  nextFrame,
  noteTaken,
  pushData,
  pushText,
  receive,
  resumeFrom,
  resumeState,
  takeAcknowledgement,
} from '../../src/protocol/delivery.js';
import { takePieces } from '../../src/protocol/delivery-incoming.js';
import type { Frame } from '../../src/protocol/frame.js';
import { decodeFrames, encodeFrames } from '../../src/protocol/frame-codec.js';
import { toHex } from './vectors.js';

export interface Side {
  readonly delivery: Delivery;
  /** Records on their way to this side. */
  arriving: Uint8Array[];
  /** What its app does not take now. */
  readonly unheard: Set<'text' | 'data'>;
  /** What has arrived and was not taken: each with what takes it. */
  waiting: { readonly kind: 'text' | 'data'; readonly take: () => void }[];
  readonly texts: string[];
  /** Received data, shortened to its length and a sum. */
  readonly data: string[];
  readonly sentTexts: string[];
  readonly sentData: string[];
  /** How often each message was settled, by the order of sending; errors count as 100. */
  readonly settlements: number[];
}

export type Sides = readonly [Side, Side];

export function createSides(start = 0): Sides {
  return [createSide(start), createSide(start)];
}

export function sendText(side: Side, text: string): void {
  const isQueued = pushText(side.delivery, text, Buffer.byteLength(text), expectSettlement(side));
  if (isQueued) side.sentTexts.push(text);
  else side.settlements.pop();
}

export function sendData(side: Side, data: Uint8Array): void {
  const isQueued = pushData(side.delivery, data, expectSettlement(side));
  if (isQueued) side.sentData.push(digest(data));
  else side.settlements.pop();
}

/** Puts up to `count` payload frames and, if due, an acknowledgement on the link. Gives how many frames it put there. */
export function flush([from, to]: Sides, count: number, chunkBytes: number): number {
  const frames: Frame[] = [];
  for (let frame = nextOf(); frame !== undefined; frame = nextOf()) frames.push(frame);
  if (isAcknowledgementDue(from.delivery)) frames.push(takeAcknowledgement(from.delivery));
  for (const frame of frames) to.arriving.push(encodeFrames([frame]));
  return frames.length;

  function nextOf(): Frame | undefined {
    return frames.length < count ? nextFrame(from.delivery, chunkBytes) : undefined;
  }
}

/** Lets up to `count` records arrive. */
export function arrive(side: Side, count: number): void {
  for (const record of side.arriving.splice(0, count)) {
    for (const frame of decodeFrames(record)) take(side, frame);
  }
}

/** The link breaks with everything on it; a new one begins with a resume from each side. */
export function cutAndResume(sides: Sides): void {
  for (const side of sides) side.arriving = [];
  const states = sides.map(({ delivery }) => resumeState(delivery));
  sides.forEach(({ delivery }, index) => {
    const theirs = states[1 - index];
    if (theirs !== undefined) resumeFrom(delivery, theirs.received, theirs.creditLimit);
  });
}

/** Goes on until neither side has anything to say. */
export function settleDown(sides: Sides, chunkBytes = 60_000): void {
  const [left, right] = sides;
  for (;;) {
    arrive(left, Number.POSITIVE_INFINITY);
    arrive(right, Number.POSITIVE_INFINITY);
    if (flush([left, right], 64, chunkBytes) + flush([right, left], 64, chunkBytes) === 0) return;
  }
}

function digest(data: Uint8Array): string {
  return `${data.length}:${toHex(data.subarray(0, 8))}:${data.reduce((sum, byte) => (sum * 31 + byte) % 65_521, 0)}`;
}

function take(side: Side, frame: Frame): void {
  if (frame.type === 'acknowledge') return acknowledge(side.delivery, frame.acknowledgement, frame.creditLimit);
  if (frame.type !== 'text' && frame.type !== 'data') throw new TypeError(`no payload: ${frame.type}`);
  receive(side.delivery, frame, {
    onText: (text, creditBytes) => tell(side, 'text', creditBytes, () => side.texts.push(text)),
    onData: (buffer, creditBytes) =>
      tell(side, 'data', creditBytes, () => side.data.push(digest(new Uint8Array(buffer)))),
    isTakingData: () => !side.unheard.has('data'),
  });
}

function tell(side: Side, kind: 'text' | 'data', creditBytes: number, keep: () => void): void {
  const take = (): void => {
    keep();
    noteTaken(side.delivery, creditBytes);
  };
  if (side.unheard.has(kind)) side.waiting.push({ kind, take });
  else take();
}

/** The app of this side takes this kind of message no more. */
export function ignore(side: Side, kind: 'text' | 'data'): void {
  side.unheard.add(kind);
}

/** The app of this side takes this kind of message again, and what has waited. */
export function heed(side: Side, kind: 'text' | 'data'): void {
  side.unheard.delete(kind);
  for (const one of side.waiting) if (one.kind === kind) one.take();
  side.waiting = side.waiting.filter((one) => one.kind !== kind);
  if (kind === 'data') takePieces(side.delivery);
}

function createSide(start: number): Side {
  const delivery = createDelivery(100, start);
  const unheard = new Set<'text' | 'data'>();
  return {
    delivery,
    arriving: [],
    unheard,
    waiting: [],
    texts: [],
    data: [],
    sentTexts: [],
    sentData: [],
    settlements: [],
  };
}

function expectSettlement({ settlements }: Side): (error?: Error) => void {
  const index = settlements.push(0) - 1;
  return (error) => {
    settlements[index] = (settlements[index] ?? 0) + (error === undefined ? 1 : 100);
  };
}
