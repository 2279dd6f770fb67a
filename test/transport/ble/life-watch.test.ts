import { describe, expect, it } from 'vitest';
import { SimulatedClock } from 'xstate';
import { watchLife } from '../../../src/transport/ble/process/life-watch.js';
import type { RadioOptions } from '../../../src/transport/ble/radio-options.js';

describe('the watch over the life of a radio process', () => {
  it('asks every two seconds', () => {
    const { clock, asked } = watchOver({});
    pass(clock, 6_000);
    expect(asked()).toBe(3);
  });

  it.each([
    ['half a minute until its first word', {}, false, 32_000],
    ['ten seconds after that', {}, true, 12_000],
    [
      'ten seconds also where a socket stands for the adapter',
      { channel: 'raw', central: { type: 'h4', path: '' } },
      true,
      12_000,
    ],
    ['a minute in the raw mode of an adapter', { channel: 'raw', peripheral: { type: 'hci' } }, true, 62_000],
    ['a minute in raw mode also at the start', { channel: 'raw', central: { type: 'hci' } }, false, 62_000],
    ['ten seconds in user mode', { channel: 'user', central: { type: 'hci' } }, true, 12_000],
  ] satisfies [string, RadioOptions, boolean, number][])('allows %s', (_, radio, hasSpoken, silentMs) => {
    const { clock, life, silences } = watchOver(radio);
    if (hasSpoken) life.noteSign();
    pass(clock, silentMs - 2_000);
    expect(silences).toEqual([]);
    pass(clock, 2_000);
    expect(silences).toEqual([silentMs]);
  });

  it('begins anew with every sign of life', () => {
    const { clock, life, silences } = watchOver({});
    life.noteSign();
    pass(clock, 10_000);
    life.noteSign();
    pass(clock, 10_000);
    expect(silences).toEqual([]);
  });

  it('does not hold against the process that the broker itself stood still', () => {
    const { clock, life, silences } = watchOver({});
    life.noteSign();
    clock.set(clock.now() + 60_000);
    expect(silences).toEqual([]);
  });

  it('says it once, and asks no more', () => {
    const { clock, silences, asked } = watchOver({});
    pass(clock, 32_000);
    const before = asked();
    pass(clock, 60_000);
    expect([silences.length, asked()]).toEqual([1, before]);
  });

  it('ends when it is closed', () => {
    const { clock, life, silences, asked } = watchOver({});
    life.close();
    pass(clock, 60_000);
    expect([silences.length, asked()]).toEqual([0, 0]);
  });
});

function watchOver(radio: RadioOptions) {
  const clock = new SimulatedClock();
  const silences: number[] = [];
  let asked = 0;
  const life = watchLife(radio, clock, {
    ask: () => {
      asked += 1;
    },
    onSilent: (silentMs) => silences.push(silentMs),
  });
  return { clock, life, silences, asked: () => asked };
}

/** As a clock that is not late. */
function pass(clock: SimulatedClock, durationMs: number): void {
  for (let passedMs = 0; passedMs < durationMs; passedMs += 1_000) clock.increment(1_000);
}
