import { describe, expect, test } from 'vitest';
import { SimulatedClock } from 'xstate';
import { createCentral } from '../../../src/transport/ble/central/noble-central.js';
import type { HciSocketClass } from '../../../src/transport/ble/stacks.js';
import type { Clock } from '../../../src/transport/clock.js';
import { patternBytes, writeAll } from '../../../src/transport/contract/stage.js';
import { numbersFrom, upTo } from '../../support/links.js';
import { createRogueCentral } from '../../support/rogue-central.js';
import { advance, advanceUntil, turns } from '../../support/time.js';
import {
  addLamp,
  type CentralFixture,
  card,
  createCentralFixture,
  endOf,
  failureOf,
  hear,
  type Lamp,
  link,
  reach,
  signal,
  startCentral,
} from './central-fixture.js';

function connect({ central }: CentralFixture, { adapter }: Lamp) {
  return central.connect(adapter.address, { signal });
}

describe('noble central › its adapter', () => {
  test('is told as it goes off and on; links end at once, and everything comes back', async () => {
    const fixture = await startCentral();
    const lamp = addLamp(fixture.air);
    const [here] = await link(fixture, lamp);
    await writeAll(
      here,
      upTo(20).map((number) => patternBytes(244, number)),
    );
    fixture.hub.setPower(false);
    expect(await endOf(here)).toBe('radio-off');
    await reach(fixture.central, 'poweredOff');
    expect((await failureOf(connect(fixture, lamp))).failure).toBe('radio-off');
    fixture.hub.setPower(true);
    await reach(fixture.central, 'poweredOn');
    const [back, there] = await link(fixture, lamp);
    const numbers = numbersFrom(there);
    await writeAll(
      back,
      upTo(100).map((number) => Uint8Array.of(number)),
    );
    await turns(500);
    expect(numbers).toEqual(upTo(100));
    expect(fixture.states).toEqual(['unknown', 'poweredOn', 'poweredOff', 'poweredOn']);
    expect(fixture.lines).toEqual([]);
  });

  test('may go off while a connection is being opened', async () => {
    const fixture = await startCentral();
    const lamp = addLamp(fixture.air);
    await hear(fixture, lamp.adapter);
    fixture.air.partition(fixture.hub, lamp.adapter);
    const attempt = failureOf(connect(fixture, lamp));
    await turns();
    fixture.hub.setPower(false);
    expect((await attempt).failure).toBe('radio-off');
    fixture.hub.setPower(true);
    fixture.air.heal(fixture.hub, lamp.adapter);
    await reach(fixture.central, 'poweredOn');
    await link(fixture, lamp);
  });

  test('may be pulled out: it is tried again until it is back', async () => {
    const fixture = await startCentral();
    const lamp = addLamp(fixture.air);
    const [here] = await link(fixture, lamp);
    fixture.hub.pull();
    expect(await endOf(here)).toBe('radio-off');
    expect(fixture.states.at(-1)).toBe('resetting');
    expect((await failureOf(connect(fixture, lamp))).failure).toBe('radio-off');
    await advance(fixture.clock, 15_000);
    expect(fixture.states.at(-1)).toBe('unsupported');
    expect(fixture.lines).toHaveLength(2);
    fixture.hub.plug();
    await advance(fixture.clock, 10_000);
    await reach(fixture.central, 'poweredOn');
    lamp.peripheral.advertise({ hint: patternBytes(13), card });
  });

  test('may be missing at first', async () => {
    const fixture = createCentralFixture({ isHubGone: true });
    expect(fixture.states).toEqual(['unsupported']);
    expect(fixture.lines).toEqual(['the central adapter cannot be used: ENODEV, No such device']);
    fixture.hub.plug();
    await advance(fixture.clock, 10_000);
    await reach(fixture.central, 'poweredOn');
  });

  test('may say nothing: then it is unsupported, until it speaks', async () => {
    const fixture = createCentralFixture();
    fixture.hub.setStalled(true);
    await advance(fixture.clock, 5_000);
    expect(fixture.states).toEqual(['unknown', 'unsupported']);
    expect(fixture.lines).toEqual(['the central adapter does not answer']);
    fixture.hub.setStalled(false);
    await reach(fixture.central, 'poweredOn');
  });

  test('may be out of bounds for this user', () => {
    const states: string[] = [];
    const Socket = class {
      constructor() {
        throw Object.assign(new Error('EPERM, Operation not permitted'), { code: 'EPERM' });
      }
    } as unknown as HciSocketClass; // it never gets as far as a method
    const clock = new SimulatedClock() as Clock; // its timer handles are opaque, too
    const central = createCentral({ Socket, adapter: undefined, channel: 'user', clock, log: () => {} });
    central.state$.subscribe((state) => states.push(state));
    expect(states).toEqual(['unauthorized']);
  });

  test('serves the user channel, too, with its buffers', async () => {
    const before = process.env['HCI_CHANNEL_USER'];
    const fixture = await startCentral({ channel: 'user', hub: { aclBytes: 60, aclPackets: 3 } });
    expect(process.env['HCI_CHANNEL_USER']).toBe(before);
    const [here, there] = await link(fixture, addLamp(fixture.air));
    const numbers = numbersFrom(there);
    await writeAll(
      here,
      upTo(200).map((number) => patternBytes(244).fill(number)),
    );
    await turns(500);
    expect(numbers).toEqual(upTo(200));
    expect(fixture.hub.counts.overflows).toBe(0);
  });

  test('may be reset by another program', async () => {
    const fixture = await startCentral();
    const lamp = addLamp(fixture.air);
    const [here] = await link(fixture, lamp);
    const other = createRogueCentral(fixture.hub);
    other.command(0x0c03);
    expect(await endOf(here)).toBe('radio-off');
    other.leave();
    await link(fixture, lamp);
  });
});

describe('noble central › the other radio', () => {
  test.each<[string, string, (lamp: Lamp) => void]>([
    ['closed-there', 'closes the link', ({ links }) => links[0]?.close()],
    ['peer-radio-off', 'is switched off', ({ adapter }) => adapter.setPower(false)],
  ])('is told by %s when it %s', async (end, _, act) => {
    const fixture = await startCentral();
    const lamp = addLamp(fixture.air);
    const [here] = await link(fixture, lamp);
    act(lamp);
    expect(await endOf(here)).toBe(end);
    expect(here.write(Uint8Array.of(1))).toBe(false);
  });

  test('is lost two seconds after it fell silent, and not before', async () => {
    const clock = new SimulatedClock();
    const fixture = await startCentral({ air: { clock: clock as Clock } }); // its timer handles are opaque, too
    const lamp = addLamp(fixture.air);
    const advanced = advanceUntil(clock, link(fixture, lamp));
    const [here] = await advanced;
    let end: unknown;
    here.ended$.subscribe((told) => {
      end = told;
    });
    fixture.air.partition(fixture.hub, lamp.adapter);
    await advance(clock, 1_900);
    expect(end).toBeUndefined();
    await advance(clock, 200);
    expect(end).toBe('lost');
  });

  test('that is gone costs four seconds, and no more', async () => {
    const fixture = await startCentral();
    const lamp = addLamp(fixture.air);
    await hear(fixture, lamp.adapter);
    fixture.air.partition(fixture.hub, lamp.adapter);
    const failure = failureOf(connect(fixture, lamp));
    const next = addLamp(fixture.air, 'next');
    await advance(fixture.clock, 4_000);
    expect(await failure).toMatchObject({ failure: 'not-in-range', message: 'it does not answer: to connect' });
    await link(fixture, next);
    fixture.air.heal(fixture.hub, lamp.adapter);
    await link(fixture, lamp);
  });

  test('that serves another central is not reached', async () => {
    const fixture = await startCentral();
    const lamp = addLamp(fixture.air);
    await hear(fixture, lamp.adapter);
    const phone = createRogueCentral(fixture.air.createAdapter({ name: 'phone' }));
    const connection = await phone.connect(lamp.adapter);
    const failure = failureOf(connect(fixture, lamp));
    await advance(fixture.clock, 4_000);
    expect((await failure).failure).toBe('not-in-range');
    connection.disconnect();
    await link(fixture, lamp);
  });
});
