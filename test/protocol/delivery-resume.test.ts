import { describe, expect, it } from 'vitest';
import {
  acknowledge,
  closeDelivery,
  createDelivery,
  DeliveryError,
  hasNext,
  isAcknowledgementDue,
  nextFrame,
  pushData,
  pushText,
  receive,
  resumeFrom,
  resumeState,
} from '../../src/protocol/delivery.js';
import { BrokerError } from '../../src/protocol/errors.js';
import { CREDIT_WINDOW_BYTES, MESSAGE_COST_BYTES } from '../../src/protocol/limits.js';
import { data, ignore, MIB, push, recorder, takeAll, text, unexpected } from './payload.js';

describe('after a resume', () => {
  it('what the peer has is settled and the rest goes out under its old numbers and boundaries', () => {
    const delivery = createDelivery(7);
    const settled: string[] = [];
    pushText(delivery, 'a', 1, () => settled.push('a'));
    pushData(delivery, new Uint8Array(10_000).fill(5), () => settled.push('data'));
    const before = takeAll(delivery);
    push(delivery, 'later');
    resumeFrom(delivery, 1, CREDIT_WINDOW_BYTES);
    expect(settled).toEqual(['a']);
    expect(takeAll(delivery, 513)).toEqual([
      ...before.slice(1),
      expect.objectContaining({ sequence: 4, text: 'later' }),
    ]);
  });

  it('costs no credit a second time', () => {
    const delivery = createDelivery(7);
    pushData(delivery, new Uint8Array(MIB), ignore);
    const before = takeAll(delivery);
    resumeFrom(delivery, 0, CREDIT_WINDOW_BYTES);
    expect(hasNext(delivery)).toBe(true);
    expect(takeAll(delivery)).toEqual(before);
    expect(hasNext(delivery)).toBe(false);
  });

  it('new frames do not overtake old ones, not even from within a settlement', () => {
    const delivery = createDelivery(7);
    const sent: number[] = [];
    pushText(delivery, 'a', 1, () => {
      push(delivery, 'c');
      for (const { sequence } of takeAll(delivery)) sent.push(sequence);
    });
    push(delivery, 'b');
    takeAll(delivery);
    resumeFrom(delivery, 1, CREDIT_WINDOW_BYTES);
    expect(sent).toEqual([2, 3]);
  });

  it('says what arrived and how much more may', () => {
    const delivery = createDelivery(7);
    receive(delivery, text(1, 10), recorder(delivery).sink);
    expect(resumeState(delivery)).toEqual({ received: 1, creditLimit: CREDIT_WINDOW_BYTES + 10 + MESSAGE_COST_BYTES });
    expect(isAcknowledgementDue(delivery)).toBe(false);
  });

  it.each([
    ['the peer lacks what it had acknowledged', 0],
    ['the peer claims what was never sent', 3],
  ])('the link breaks when %s', (_, received) => {
    const delivery = createDelivery(7);
    for (const one of ['a', 'b']) push(delivery, one);
    takeAll(delivery);
    acknowledge(delivery, 1);
    expect(() => resumeFrom(delivery, received, CREDIT_WINDOW_BYTES)).toThrow(DeliveryError);
  });
});

describe('a closed delivery', () => {
  it('has settled everything with the error, each message once, and lets go of its memory', () => {
    const delivery = createDelivery(7);
    const error = new BrokerError('sessionEnded');
    const outcomes: unknown[] = [];
    const note = (outcome?: BrokerError) => outcomes.push(outcome);
    pushText(delivery, 'sent', 4, note);
    pushData(delivery, new Uint8Array(100), note);
    pushData(delivery, new Uint8Array(CREDIT_WINDOW_BYTES), note);
    takeAll(delivery);
    pushData(delivery, new Uint8Array(1), note);
    pushText(delivery, 'waits', 5, note);
    receive(delivery, data(1, 5, { isLast: false }), recorder(delivery).sink);
    closeDelivery(delivery, error);
    closeDelivery(delivery, error);
    expect(outcomes).toEqual([error, error, error, error, error]);
    expect(delivery).toMatchObject({ queuedBytes: 0, texts: undefined, data: undefined, assembly: undefined });
  });

  it('does nothing any more', () => {
    const delivery = createDelivery(7);
    closeDelivery(delivery, new BrokerError('sessionEnded'));
    expect(pushText(delivery, 'a', 1, unexpected)).toBe(false);
    expect(pushData(delivery, Uint8Array.of(1), unexpected)).toBe(false);
    receive(delivery, text(1), { onText: unexpected, onData: unexpected, isTakingData: () => true });
    acknowledge(delivery, 0);
    expect([hasNext(delivery), nextFrame(delivery, 10), isAcknowledgementDue(delivery)]).toEqual([
      false,
      undefined,
      false,
    ]);
  });

  it('may be closed from within a settlement', () => {
    const delivery = createDelivery(7);
    const outcomes: boolean[] = [];
    pushText(delivery, 'a', 1, () => closeDelivery(delivery, new BrokerError('sessionEnded')));
    pushText(delivery, 'b', 1, (error) => outcomes.push(error === undefined));
    takeAll(delivery);
    acknowledge(delivery, 2);
    expect(outcomes).toEqual([false]);
    expect(delivery.queuedBytes).toBe(0);
  });
});
