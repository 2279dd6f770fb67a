import { describe, expect, it, onTestFinished } from 'vitest';
import { createActor, createMachine } from 'xstate';
import { countEvents, countMachineEvents } from '../../bench/session/machine-events.js';
import { countRoundTrips } from '../../bench/session/round-trips.js';

describe('a connected session', () => {
  it('carries messages without an event of any chart', async () => {
    expect(await countMachineEvents(1_000)).toBe(0);
  });

  it.each([
    { way: 'sealed', isSealed: true },
    { way: 'hand-over', isSealed: false },
  ])('opens in one round trip on a live link, $way', async ({ isSealed }) => {
    expect(await countRoundTrips(isSealed)).toBe(1);
  });
});

describe('the count of machine events', () => {
  it('sees every event that is sent to an actor', () => {
    const events = countEvents();
    onTestFinished(events.stop);
    const actor = createActor(createMachine({})).start();
    actor.send({ type: 'anything' });
    actor.send({ type: 'anything' });
    expect(events.count()).toBe(2);
  });
});
