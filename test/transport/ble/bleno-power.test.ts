import { firstValueFrom, type Observable } from 'rxjs';
import { describe, expect, test, vi } from 'vitest';
import { SimulatedClock } from 'xstate';
import { Opcode } from '../../../src/transport/air/hci-codes.js';
import type { HciSocketClass } from '../../../src/transport/ble/stacks.js';
import { hex } from '../../../src/transport/contract/stage.js';
import { createRogueCentral } from '../../support/rogue-central.js';
import { turns } from '../../support/time.js';
import { watchClock } from '../../support/watch.js';
import { createPeripheralFixture, hint, openLink, reach, startPeripheral } from './peripheral-fixture.js';

const POLL_MS = 1_000;

describe.each(['raw', 'user'] as const)('bleno peripheral › the adapter, over a %s channel', (channel) => {
  test('is on as soon as bleno has it', async () => {
    const { states } = await startPeripheral({ channel });
    expect(states).toEqual(['unknown', 'poweredOn']);
  });

  test('is bound as the channel says, and the environment stays as it was', async () => {
    const before = { ...process.env };
    const bound: string[] = [];
    await startPeripheral({ channel, wrap: (Socket) => noting(Socket, bound) });
    expect(bound).toEqual([channel]);
    expect({ ...process.env }).toEqual(before);
  });

  test('uses the buffers that the controller has', async () => {
    const { link } = await openLink(await startPeripheral({ channel, lamp: { aclPackets: 5 } }));
    expect([1, 2, 3, 4, 5, 6].map((number) => link.write(Uint8Array.of(number)))).toEqual([
      true,
      true,
      true,
      true,
      true,
      false,
    ]);
  });

  test('pulled out ends the link; plugged in again, it advertises', async () => {
    const clock = new SimulatedClock();
    const fixture = await startPeripheral({ channel, clock });
    const { link } = await openLink(fixture);
    fixture.lamp.pull();
    expect(await firstValueFrom(link.ended$)).toBe('radio-off');
    fixture.lamp.plug();
    clock.increment(1_000);
    await reach(fixture.peripheral.state$, 'poweredOn');
    expect(hex(await fixture.central.hear())).toContain(hex(hint));
    expect(fixture.states).toEqual(['unknown', 'poweredOn', 'resetting', 'poweredOn']);
    await openLink(fixture);
  });

  test('switched off and on again, it advertises and serves', async () => {
    const clock = new SimulatedClock();
    const fixture = await startPeripheral({ channel, clock });
    const { link } = await openLink(fixture);
    fixture.lamp.setPower(false);
    expect(await firstValueFrom(link.ended$)).toBe('radio-off');
    clock.increment(POLL_MS);
    await turns();
    if (channel === 'raw') expect(fixture.states.at(-1)).toBe('poweredOff');
    fixture.lamp.setPower(true);
    clock.increment(10_000);
    await reach(fixture.peripheral.state$, 'poweredOn');
    expect(hex(await fixture.central.hear())).toContain(hex(hint));
    await openLink(fixture);
  });

  test('reset by another program, it ends the link and advertises again', async () => {
    const fixture = await startPeripheral({ channel });
    const { connection, link } = await openLink(fixture);
    createRogueCentral(fixture.lamp).command(Opcode.reset);
    expect(await firstValueFrom(link.ended$)).toBe('lost');
    await connection.ended;
    await openLink(fixture);
  });

  test('not there, it is unsupported, told once, and found when it is plugged in', async () => {
    const clock = new SimulatedClock();
    const fixture = createPeripheralFixture({ channel, clock, isLampGone: true });
    clock.increment(10_000);
    clock.increment(10_000);
    expect(fixture.states).toEqual(['unsupported']);
    expect(fixture.lines).toEqual(['the peripheral adapter cannot be used: ENODEV, No such device']);
    fixture.lamp.plug();
    clock.increment(10_000);
    expect(await reach(fixture.peripheral.state$, 'poweredOn')).toBe('poweredOn');
  });

  test('that answers nothing is unsupported, until it answers', async () => {
    const clock = new SimulatedClock();
    const fixture = createPeripheralFixture({ channel, clock });
    fixture.lamp.setStalled(true);
    await turns();
    clock.increment(4_999);
    expect(fixture.states).toEqual(['unknown']);
    clock.increment(1);
    expect(fixture.states).toEqual(['unknown', 'unsupported']);
    fixture.lamp.setStalled(false);
    expect(await reach(fixture.peripheral.state$, 'poweredOn')).toBe('poweredOn');
  });

  test('closed, it is not heard any more, and neither after a link that ends with it', async () => {
    for (const isLinked of [false, true]) {
      const fixture = await startPeripheral({ channel });
      if (isLinked) await openLink(fixture);
      await fixture.peripheral.close();
      const heard = vi.fn();
      void fixture.central.hear().then(heard);
      await turns(20);
      expect(heard).not.toHaveBeenCalled();
    }
  });

  test('closed, it leaves nothing behind: no link, no timer, no listener', async () => {
    const before = { SIGINT: process.listenerCount('SIGINT'), exit: process.listenerCount('exit') };
    const clock = watchClock(new SimulatedClock());
    const fixture = await startPeripheral({ channel, clock });
    const { connection, link } = await openLink(fixture);
    const { state$, incoming$, cards$ } = fixture.peripheral;
    const ends = [state$, incoming$, cards$].map(completion);
    await fixture.peripheral.close();
    await Promise.all(ends);
    expect(await firstValueFrom(link.ended$)).toBe('closed-here');
    expect(await connection.ended).toBe(0x13);
    expect(clock.timers()).toBe(0);
    expect({ SIGINT: process.listenerCount('SIGINT'), exit: process.listenerCount('exit') }).toEqual(before);
  });
});

function completion(stream$: Observable<unknown>): Promise<void> {
  return new Promise((resolve) => stream$.subscribe({ complete: resolve }));
}

/** Notes which of the channels is asked for. */
function noting(Socket: HciSocketClass, bound: string[]): HciSocketClass {
  return class extends Socket {
    override bindRaw(adapter?: number): number {
      bound.push('raw');
      return super.bindRaw(adapter);
    }
    override bindUser(adapter?: number): number {
      bound.push('user');
      return super.bindUser(adapter);
    }
  };
}
