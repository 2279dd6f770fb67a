import { describe, expect, it } from 'vitest';
import {
  createDelivery,
  DeliveryError,
  isAcknowledgementDue,
  receive,
  takeAcknowledgement,
} from '../../src/protocol/delivery.js';
import type { DataFrame, TextFrame } from '../../src/protocol/frame.js';
import { CREDIT_WINDOW_BYTES, MAX_DATA_BYTES, MESSAGE_COST_BYTES } from '../../src/protocol/limits.js';
import { data, MIB, recorder, text } from './payload.js';

describe('what a session receives', () => {
  it('comes once: a duplicate is only acknowledged again', () => {
    const delivery = createDelivery(7);
    const { sink, texts } = recorder(delivery);
    receive(delivery, text(1), sink);
    takeAcknowledgement(delivery);
    receive(delivery, text(1), sink);
    expect(texts).toHaveLength(1);
    expect(isAcknowledgementDue(delivery)).toBe(true);
  });

  it('is acknowledged with the last piece of data, not with each', () => {
    const delivery = createDelivery(7);
    const { sink } = recorder(delivery);
    receive(delivery, data(1, 3, { isLast: false }, 1), sink);
    expect(isAcknowledgementDue(delivery)).toBe(false);
    receive(delivery, data(2, 2, { isFirst: false }, 2), sink);
    expect(takeAcknowledgement(delivery).acknowledgement).toBe(2);
    receive(delivery, data(2, 2, { isFirst: false }, 2), sink);
    expect(isAcknowledgementDue(delivery)).toBe(true);
  });

  it('is joined from its pieces, with texts between them', () => {
    const delivery = createDelivery(7);
    const { sink, buffers, texts } = recorder(delivery);
    receive(delivery, data(1, 3, { isLast: false }, 1), sink);
    receive(delivery, text(2), sink);
    receive(delivery, data(3, 2, { isFirst: false, isLast: false }, 2), sink);
    expect([buffers, texts.length]).toEqual([[], 1]);
    receive(delivery, data(4, 1, { isFirst: false }, 3), sink);
    expect(buffers.map((buffer) => [...new Uint8Array(buffer)])).toEqual([[1, 1, 1, 2, 2, 3]]);
  });

  it('is handed over as it is when its buffer holds nothing else, and copied otherwise', () => {
    const delivery = createDelivery(7);
    const { sink, buffers } = recorder(delivery);
    const whole = data(1, 8);
    const record = new Uint8Array(100);
    receive(delivery, whole, sink);
    receive(delivery, { ...data(2, 8), payload: record.subarray(10, 18) }, sink);
    expect(buffers[0]).toBe(whole.payload.buffer);
    expect(buffers[1]).not.toBe(record.buffer);
    expect(buffers[1]?.byteLength).toBe(8);
  });

  it('takes memory in proportion to what arrived, however small the pieces', () => {
    const delivery = createDelivery(7);
    for (let sequence = 1; sequence <= 10_000; sequence += 1) {
      receive(delivery, data(sequence, 1, { isFirst: sequence === 1, isLast: false }), recorder(delivery).sink);
    }
    expect(delivery.assembly?.slab.length).toBeLessThanOrEqual(20_000);
  });

  it.each<[string, readonly (TextFrame | DataFrame)[]]>([
    ['a frame is missing', [text(2)]],
    ['data goes on that never began', [data(1, 1, { isFirst: false })]],
    ['data begins before the last has ended', [data(1, 1, { isLast: false }), data(2, 1)]],
    ['a piece is empty', [data(1, 0)]],
    ['more is sent than the credit allows', [data(1, CREDIT_WINDOW_BYTES - MESSAGE_COST_BYTES + 1)]],
    ['an overhead is not covered by the credit', [data(1, CREDIT_WINDOW_BYTES - MESSAGE_COST_BYTES), text(2, 0)]],
    ['it acknowledges what was never sent', [{ ...text(1), acknowledgement: 1 }]],
  ])('breaks the link when %s', (_, frames) => {
    const delivery = createDelivery(7);
    const { sink } = recorder(delivery);
    for (const frame of frames.slice(0, -1)) receive(delivery, frame, sink);
    const { received, usedCredit } = delivery;
    for (const frame of frames.slice(-1)) expect(() => receive(delivery, frame, sink)).toThrow(DeliveryError);
    expect([delivery.received, delivery.usedCredit]).toEqual([received, usedCredit]);
  });

  it('breaks the link when data reaches the size that no data may have', () => {
    const delivery = createDelivery(7);
    const { sink, buffers } = recorder(delivery);
    const piece = new Uint8Array(MIB / 8);
    for (let sequence = 1; sequence <= MAX_DATA_BYTES / piece.length - 1; sequence += 1) {
      receive(delivery, { ...data(sequence, 0, { isFirst: sequence === 1, isLast: false }), payload: piece }, sink);
      takeAcknowledgement(delivery);
    }
    const last = { ...data(delivery.received + 1, 0, { isFirst: false }), payload: piece };
    expect(() => receive(delivery, last, sink)).toThrow(DeliveryError);
    receive(delivery, { ...last, payload: piece.subarray(1) }, sink);
    expect(buffers[0]?.byteLength).toBe(MAX_DATA_BYTES - 1);
  });
});
