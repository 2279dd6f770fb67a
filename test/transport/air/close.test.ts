import { describe, expect, it } from 'vitest';
import { SimulatedClock } from 'xstate';
import { type AirTiming, createAir } from '../../../src/transport/air/air.js';
import { Opcode } from '../../../src/transport/air/hci-codes.js';
import type { Clock } from '../../../src/transport/clock.js';
import { advance } from '../../support/time.js';
import { advertise, createConnection, createRawHost, linkHosts, unacknowledged } from './raw-host.js';

/** A clock that knows which timers are set. */
function countingClock(): { clock: Clock & SimulatedClock; timers: Set<unknown> } {
  const clock = new SimulatedClock();
  const timers = new Set<unknown>();
  const { setTimeout, clearTimeout } = clock;
  clock.setTimeout = (callback, delayMs) => {
    const handle = setTimeout.call(
      clock,
      () => {
        timers.delete(handle);
        callback();
      },
      delayMs,
    );
    timers.add(handle);
    return handle;
  };
  clock.clearTimeout = (handle) => {
    timers.delete(handle);
    clearTimeout.call(clock, handle);
  };
  return { clock, timers };
}

describe('closing the air', () => {
  it.each<AirTiming>([{ type: 'instant' }, { type: 'modelled' }])('leaves no timer: %j', async (timing) => {
    const { clock, timers } = countingClock();
    const air = createAir({ clock, timing });
    const [hub, phone, cut] = [air.createAdapter(), air.createAdapter(), air.createAdapter()];
    const linking = Promise.all([linkHosts(hub, phone), linkHosts(cut, air.createAdapter())]);
    await advance(clock, 500);
    const [first] = await linking;
    const lamp = air.createAdapter();
    for (const adapter of [lamp, air.createAdapter()]) await advertise(createRawHost(adapter));
    await first.central.command(Opcode.leCreateConnection, createConnection(lamp.address));
    for (const other of air.adapters) if (other !== cut) air.partition(cut, other);
    air.setFaults({ delayMs: [5_000, 5_000] });
    first.central.write(unacknowledged(first.out, Uint8Array.of(1)));
    await advance(clock, 20);
    first.central.write(unacknowledged(first.out, Uint8Array.of(2)));
    expect(timers.size).toBeGreaterThan(1);
    air.close();
    expect(timers.size).toBe(0);
    await advance(clock, 1_000);
    expect(timers.size).toBe(0);
  });
});
