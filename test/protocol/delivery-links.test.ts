import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CREDIT_WINDOW_BYTES, TEXT_CREDIT_BYTES } from '../../src/protocol/limits.js';
import {
  arrive,
  createSides,
  cutAndResume,
  flush,
  heed,
  ignore,
  type Sides,
  sendData,
  sendText,
  settleDown,
} from './two-deliveries.js';

type Step =
  | { readonly do: 'text' | 'data' | 'flush' | 'arrive'; readonly side: 0 | 1; readonly amount: number }
  | { readonly do: 'ignore' | 'heed'; readonly side: 0 | 1; readonly kind: 'text' | 'data' }
  | { readonly do: 'cut' };

const side = fc.constantFrom<0 | 1>(0, 1);
const kind = fc.constantFrom('text' as const, 'data' as const);
const steps = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: step('text', 1_024) },
    { weight: 3, arbitrary: step('data', 400_000) },
    { weight: 6, arbitrary: step('flush', 40) },
    { weight: 6, arbitrary: step('arrive', 40) },
    { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('ignore' as const, 'heed' as const), side, kind }) },
    { weight: 2, arbitrary: fc.constant<Step>({ do: 'cut' }) },
  ),
  { maxLength: 60 },
);
/** Beginnings that let the sequence, the credit, or neither wrap around on the way. */
const starts = fc.constantFrom(0, 2 ** 32 - 3, 2 ** 32 - 100_000);
const chunks = fc.constantFrom(513, 7_712, 61_440);

describe('two deliveries over links that break', () => {
  it('lose nothing, double nothing and keep the order, whatever happens between', () => {
    fc.assert(
      fc.property(steps, starts, chunks, (script, start, chunkBytes) => {
        const sides = createSides(start);
        for (const [index, one] of script.entries()) run(sides, one, index, chunkBytes);
        settleDown(sides, chunkBytes);
        for (const one of sides) for (const what of ['text', 'data'] as const) heed(one, what);
        settleDown(sides, chunkBytes);
        expectAllDelivered(sides);
      }),
      { numRuns: 300 },
    );
  });

  it('let every text through while nobody takes data, which stops before the credit that is theirs', () => {
    const sides = createSides();
    const [left, right] = sides;
    ignore(right, 'data');
    for (let index = 0; index < 20; index += 1) sendData(left, pattern(100_000, index));
    for (let index = 0; index < 1_000; index += 1) {
      sendText(left, `${index} `.padEnd(1_024, 'x'));
      sendText(right, 'the acknowledgement rides on this');
      settleDown(sides, 7_712);
    }
    expect(right.texts).toEqual(left.sentTexts);
    expect(right.data).toEqual([]);
    expect(right.delivery.untakenCredit).toBeLessThanOrEqual(CREDIT_WINDOW_BYTES - TEXT_CREDIT_BYTES);
    heed(right, 'data');
    settleDown(sides, 7_712);
    expectAllDelivered(sides);
  });

  it('let no more than a window through to an app that takes nothing, and all of it once it does', () => {
    const sides = createSides();
    const [left, right] = sides;
    for (const what of ['text', 'data'] as const) ignore(right, what);
    for (let index = 0; index < 4_000; index += 1) sendText(left, `${index} `.padEnd(100, 'x'));
    sendData(left, pattern(1_000_000, 1));
    settleDown(sides);
    expect(right.delivery.untakenCredit).toBeLessThanOrEqual(CREDIT_WINDOW_BYTES);
    expect(right.waiting.length).toBeGreaterThan(1_000);
    expect(left.settlements.filter((count) => count === 1)).toHaveLength(right.waiting.length);
    for (const what of ['text', 'data'] as const) heed(right, what);
    settleDown(sides);
    expectAllDelivered(sides);
  });

  it('go on after a break at any moment of one long exchange', () => {
    for (let breakAt = 0; breakAt < 40; breakAt += 1) {
      const sides = createSides(2 ** 32 - 5);
      sendData(sides[0], pattern(300_000, 1));
      for (let index = 0; index < 10; index += 1) sendText(sides[1], `text ${index}`);
      for (let round = 0; round < 20; round += 1) {
        flush(sides, 1, 20_000);
        if (2 * round === breakAt) cutAndResume(sides);
        arrive(sides[1], 1);
        flush([sides[1], sides[0]], 1, 20_000);
        if (2 * round + 1 === breakAt) cutAndResume(sides);
        arrive(sides[0], 1);
      }
      settleDown(sides, 20_000);
      expectAllDelivered(sides);
    }
  });
});

function run(sides: Sides, step: Step, index: number, chunkBytes: number): void {
  switch (step.do) {
    case 'text':
      return sendText(sides[step.side], `${index} `.padEnd(step.amount, 'x'));
    case 'data':
      return sendData(sides[step.side], pattern(1 + step.amount, index));
    case 'flush':
      flush(step.side === 0 ? sides : [sides[1], sides[0]], step.amount, chunkBytes);
      return expectCreditKept(sides);
    case 'arrive':
      return arrive(sides[step.side], step.amount);
    case 'ignore':
      return ignore(sides[step.side], step.kind);
    case 'heed':
      return heed(sides[step.side], step.kind);
    default:
      return cutAndResume(sides);
  }
}

/** Neither side has sent more than a window beyond what the app of the other has taken. */
function expectCreditKept([left, right]: Sides): void {
  for (const [from, to] of [
    [left, right],
    [right, left],
  ] as const) {
    const taken = to.delivery.usedCredit - to.delivery.untakenCredit;
    const ahead = (from.delivery.spentCredit - taken) >>> 0;
    expect(ahead).toBeLessThanOrEqual(CREDIT_WINDOW_BYTES);
  }
}

function expectAllDelivered([left, right]: Sides): void {
  for (const [from, to] of [
    [left, right],
    [right, left],
  ] as const) {
    expect(to.texts).toEqual(from.sentTexts);
    expect(to.data).toEqual(from.sentData);
    expect(from.settlements).toEqual(from.settlements.map(() => 1));
    expect(from.delivery.queuedBytes).toBe(0);
    expect(to.delivery.assembly).toBeUndefined();
    expect(to.delivery.untakenCredit).toBe(0);
  }
}

function step(what: 'text' | 'data' | 'flush' | 'arrive', most: number): fc.Arbitrary<Step> {
  return fc.record({ do: fc.constant(what), side, amount: fc.nat(most) });
}

function pattern(length: number, salt: number): Uint8Array {
  return new Uint8Array(length).map((_, place) => place * 7 + salt);
}
