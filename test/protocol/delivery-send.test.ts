import { describe, expect, it } from 'vitest';
import {
  acknowledge,
  createDelivery,
  hasNext,
  isAcknowledgementDue,
  nextFrame,
  noteTaken,
  pushData,
  pushText,
  receive,
  takeAcknowledgement,
} from '../../src/protocol/delivery.js';
import { takePieces } from '../../src/protocol/delivery-incoming.js';
import type { DataFrame, TextFrame } from '../../src/protocol/frame.js';
import {
  CREDIT_WINDOW_BYTES,
  MAX_QUEUED_BYTES,
  MESSAGE_COST_BYTES,
  SMALLEST_CUT_BYTES,
  TEXT_CREDIT_BYTES,
} from '../../src/protocol/limits.js';
import { bytesOf, CHUNK_BYTES, data, ignore, MIB, push, recorder, takeAll, text, unexpected } from './payload.js';

describe('what a session sends', () => {
  it('is numbered from 1 and carries what arrived here', () => {
    const delivery = createDelivery(7);
    receive(delivery, text(1), recorder(delivery).sink);
    push(delivery, 'hi');
    pushData(delivery, Uint8Array.of(1, 2), ignore);
    expect(takeAll(delivery)).toEqual([
      { type: 'text', session: 7, sequence: 1, acknowledgement: 1, text: 'hi', bytes: 2 },
      { ...data(2, 2), session: 7, acknowledgement: 1, payload: Uint8Array.of(1, 2) },
    ]);
    expect(isAcknowledgementDue(delivery)).toBe(false);
  });

  it('is cut into pieces of at most the chunk size', () => {
    const delivery = createDelivery(7);
    pushData(delivery, new Uint8Array(20_000), ignore);
    const shapes = takeAll(delivery).map(
      (frame) => frame.type === 'data' && [frame.isFirst, frame.isLast, frame.payload.length],
    );
    expect(shapes).toEqual([
      [true, false, CHUNK_BYTES],
      [false, false, CHUNK_BYTES],
      [false, true, 20_000 - 2 * CHUNK_BYTES],
    ]);
  });

  it('lets a text pass ahead of what is left of the data', () => {
    const delivery = createDelivery(7);
    pushData(delivery, new Uint8Array(200_000), ignore);
    const before = nextFrame(delivery, CHUNK_BYTES);
    push(delivery, 'urgent');
    const after = [nextFrame(delivery, CHUNK_BYTES), nextFrame(delivery, CHUNK_BYTES)];
    expect([before, ...after].map((frame) => frame?.type)).toEqual(['data', 'text', 'data']);
  });

  it('settles when it is acknowledged, data with its last piece', () => {
    const delivery = createDelivery(7);
    const settled: string[] = [];
    pushText(delivery, 'a', 1, () => settled.push('text'));
    pushData(delivery, new Uint8Array(2 * CHUNK_BYTES), () => settled.push('data'));
    takeAll(delivery);
    acknowledge(delivery, 2);
    expect(settled).toEqual(['text']);
    acknowledge(delivery, 2);
    acknowledge(delivery, 3);
    acknowledge(delivery, 1);
    expect(settled).toEqual(['text', 'data']);
  });

  it('may be sent from within a settlement', () => {
    const delivery = createDelivery(7);
    const sent: (TextFrame | DataFrame | undefined)[] = [];
    pushText(delivery, 'a', 1, () => {
      push(delivery, 'b');
      sent.push(nextFrame(delivery, CHUNK_BYTES));
    });
    takeAll(delivery);
    acknowledge(delivery, 1);
    expect(sent).toEqual([expect.objectContaining({ sequence: 2, text: 'b' })]);
    expect(() => acknowledge(delivery, 2)).not.toThrow();
  });

  it('is refused when too much waits, and taken again when some of it has gone', () => {
    const delivery = createDelivery(7);
    const chunk = new Uint8Array(MIB - MESSAGE_COST_BYTES);
    for (let bytes = 0; bytes < MAX_QUEUED_BYTES; bytes += MIB) expect(pushData(delivery, chunk, ignore)).toBe(true);
    expect(pushText(delivery, '', 0, unexpected)).toBe(false);
    expect(pushData(delivery, chunk, unexpected)).toBe(false);
    for (let frame = nextFrame(delivery, MIB); frame !== undefined; frame = nextFrame(delivery, MIB)) {
      acknowledge(delivery, frame.sequence, delivery.spentCredit + CREDIT_WINDOW_BYTES);
      if (delivery.queuedBytes <= MAX_QUEUED_BYTES - MIB) break;
    }
    expect(pushData(delivery, chunk, ignore)).toBe(true);
  });
});

describe('credit', () => {
  it('stops texts when it is spent, and lets them go on when there is more', () => {
    const delivery = createDelivery(7);
    const count = CREDIT_WINDOW_BYTES / MESSAGE_COST_BYTES;
    for (let index = 0; index <= count; index += 1) push(delivery, '');
    expect(takeAll(delivery)).toHaveLength(count);
    expect(hasNext(delivery)).toBe(false);
    acknowledge(delivery, count, CREDIT_WINDOW_BYTES + MESSAGE_COST_BYTES - 1);
    expect(hasNext(delivery)).toBe(false);
    acknowledge(delivery, count, CREDIT_WINDOW_BYTES + MESSAGE_COST_BYTES);
    expect(hasNext(delivery)).toBe(true);
    expect(takeAll(delivery)).toHaveLength(1);
  });

  it('is left to texts in part, however much data waits', () => {
    const delivery = createDelivery(7);
    pushData(delivery, new Uint8Array(MIB), ignore);
    let count = 0;
    for (let pieces = takeAll(delivery); pieces.length > 0; pieces = takeAll(delivery)) {
      count += pieces.length;
      acknowledge(delivery, count);
    }
    expect(delivery.spentCredit).toBe(CREDIT_WINDOW_BYTES - TEXT_CREDIT_BYTES);
    push(delivery, 'passes');
    expect(takeAll(delivery)).toMatchObject([{ text: 'passes' }]);
  });

  it('cuts a piece shorter, but not to crumbs while more credit is on its way', () => {
    const delivery = createDelivery(7);
    pushData(delivery, new Uint8Array(MIB), ignore);
    expect(takeAll(delivery, 100_000).map(bytesOf)).toEqual([100_000, 100_000]);
    const left = CREDIT_WINDOW_BYTES - TEXT_CREDIT_BYTES - MESSAGE_COST_BYTES - 200_000;
    acknowledge(delivery, 1, CREDIT_WINDOW_BYTES + SMALLEST_CUT_BYTES - left - 1);
    expect(hasNext(delivery)).toBe(false);
    acknowledge(delivery, 1, CREDIT_WINDOW_BYTES + SMALLEST_CUT_BYTES - left);
    expect(takeAll(delivery, 100_000).map(bytesOf)).toEqual([SMALLEST_CUT_BYTES]);
    acknowledge(delivery, 3, CREDIT_WINDOW_BYTES + SMALLEST_CUT_BYTES - left + 1);
    expect(takeAll(delivery, 100_000).map(bytesOf)).toEqual([1]);
  });

  it('is granted back with the acknowledgement of what arrived', () => {
    const delivery = createDelivery(7);
    receive(delivery, text(1, 100), recorder(delivery).sink);
    expect(takeAcknowledgement(delivery)).toEqual({
      type: 'acknowledge',
      session: 7,
      acknowledgement: 1,
      creditLimit: CREDIT_WINDOW_BYTES + 100 + MESSAGE_COST_BYTES,
    });
  });

  it('is granted back alone when acknowledgements ride on other frames', () => {
    const delivery = createDelivery(7);
    let sequence = 0;
    for (let used = 0; used < CREDIT_WINDOW_BYTES / 4; used += 1_000 + MESSAGE_COST_BYTES) {
      expect(isAcknowledgementDue(delivery)).toBe(false);
      sequence += 1;
      receive(delivery, text(sequence, 1_000), recorder(delivery).sink);
      push(delivery, '');
      nextFrame(delivery, CHUNK_BYTES);
    }
    expect(isAcknowledgementDue(delivery)).toBe(true);
    takeAcknowledgement(delivery);
    expect(isAcknowledgementDue(delivery)).toBe(false);
  });

  it('is held back until the app has taken what arrived', () => {
    const delivery = createDelivery(7);
    const costs: number[] = [];
    const sink = {
      onText: (_: string, cost: number) => costs.push(cost),
      onData: unexpected,
      isTakingData: () => false,
    };
    receive(delivery, text(1), sink);
    expect(takeAcknowledgement(delivery)).toMatchObject({ acknowledgement: 1, creditLimit: CREDIT_WINDOW_BYTES });
    expect(isAcknowledgementDue(delivery)).toBe(false);
    for (const cost of costs) noteTaken(delivery, cost);
    expect(takeAcknowledgement(delivery).creditLimit).toBe(CREDIT_WINDOW_BYTES + 1 + MESSAGE_COST_BYTES);
  });

  it('of a piece comes back at once to an app that takes data, and else when it begins to', () => {
    const delivery = createDelivery(7);
    const sink = { ...recorder(delivery).sink, isTakingData: () => false };
    receive(delivery, data(1, 1_000, { isLast: false }), sink);
    expect(takeAcknowledgement(delivery).creditLimit).toBe(CREDIT_WINDOW_BYTES);
    takePieces(delivery);
    const first = CREDIT_WINDOW_BYTES + MESSAGE_COST_BYTES + 1_000;
    expect(takeAcknowledgement(delivery).creditLimit).toBe(first);
    receive(delivery, data(2, 500, { isFirst: false, isLast: false }), recorder(delivery).sink);
    expect(takeAcknowledgement(delivery).creditLimit).toBe(first + 500);
  });

  it('is granted in the smallest parts while so much waits that the peer has little left', () => {
    const delivery = createDelivery(7);
    const { sink } = recorder(delivery);
    receive(delivery, data(1, CREDIT_WINDOW_BYTES / 2), { ...sink, onData: ignore });
    takeAcknowledgement(delivery);
    receive(delivery, text(2), sink);
    push(delivery, 'carries the acknowledgement');
    takeAll(delivery);
    expect(isAcknowledgementDue(delivery)).toBe(true);
  });

  it('of a delivery whose app has not taken earlier ones is so much less', () => {
    const delivery = createDelivery(7, 0, 10_000);
    receive(delivery, text(1, 5_000), recorder(delivery).sink);
    expect(takeAcknowledgement(delivery).creditLimit).toBe(CREDIT_WINDOW_BYTES);
    noteTaken(delivery, 10_000);
    expect(takeAcknowledgement(delivery).creditLimit).toBe(CREDIT_WINDOW_BYTES + 5_000 + MESSAGE_COST_BYTES);
  });
});
