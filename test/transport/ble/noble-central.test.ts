import { describe, expect, test } from 'vitest';
import { createAirSocketClass } from '../../../src/transport/air/air-socket.js';
import { createCentral } from '../../../src/transport/ble/central/noble-central.js';
import { scanResponseData } from '../../../src/transport/ble/peripheral/advertisement-data.js';
import { hex, nextValues, patternBytes, writeAll } from '../../../src/transport/contract/stage.js';
import type { Link } from '../../../src/transport/transport.js';
import { upTo } from '../../support/links.js';
import { addRogue } from '../../support/rogue-peripheral.js';
import { turns } from '../../support/time.js';
import {
  addLamp,
  type CentralFixture,
  card,
  endOf,
  failureOf,
  hear,
  hint,
  type Lamp,
  link,
  reach,
  signal,
  startCentral,
} from './central-fixture.js';

/** A packet that carries a number up to 65,535. */
function numbered(number: number): Uint8Array {
  const packet = patternBytes(244, number);
  packet.set([number & 0xff, number >> 8]);
  return packet;
}

/** Sends so many packets one way and compares what arrives. */
async function flood(from: Link, to: Link, count: number): Promise<void> {
  const arrived = nextValues(to.packets$, count);
  await writeAll(
    from,
    upTo(count).map((number) => numbered(number)),
  );
  expect((await arrived).every((packet, number) => hex(packet) === hex(numbered(number)))).toBe(true);
}

function visit({ central }: CentralFixture, { adapter }: Lamp, ours: Uint8Array): Promise<Uint8Array> {
  return central.visit(adapter.address, ours, { signal });
}

describe('noble central › hearing', () => {
  test('hears devices with their hint and signal strength, again and again', async () => {
    const fixture = await startCentral();
    const lamp = addLamp(fixture.air);
    fixture.air.setRssi(fixture.hub, lamp.adapter, -71);
    for (const _ of upTo(3)) {
      const { address, rssi, hint: heard } = await hear(fixture, lamp.adapter);
      expect({ address, rssi, hint: hex(heard) }).toEqual({
        address: lamp.adapter.address,
        rssi: -71,
        hint: hex(hint),
      });
    }
  });

  test('hears a hint that is new at once', async () => {
    const fixture = await startCentral();
    const lamp = addLamp(fixture.air);
    await hear(fixture, lamp.adapter);
    lamp.peripheral.advertise({ hint: patternBytes(13, 9), card });
    await turns(20);
    expect(hex((await hear(fixture, lamp.adapter)).hint)).toBe(hex(patternBytes(13, 9)));
  });

  test('does not hear devices whose scan response is something else', async () => {
    const fixture = await startCentral();
    const good = scanResponseData(hint);
    const short = Buffer.concat([Buffer.from([good.length - 2]), good.subarray(1, -1)]);
    for (const scanResponse of [Buffer.alloc(0), Buffer.alloc(31, 0xff), Buffer.alloc(5, 0), short]) {
      addRogue(fixture.air, { scanResponse });
    }
    const heard: string[] = [];
    fixture.central.heard$.subscribe(({ address }) => heard.push(address));
    const lamp = addLamp(fixture.air);
    for (const _ of upTo(5)) await hear(fixture, lamp.adapter);
    expect(new Set(heard)).toEqual(new Set([lamp.adapter.address]));
    expect(fixture.lines).toEqual([]);
  });

  test('goes on hearing while a link is open', async () => {
    const fixture = await startCentral();
    await link(fixture, addLamp(fixture.air));
    const other = addLamp(fixture.air, 'other');
    expect((await hear(fixture, other.adapter)).address).toBe(other.adapter.address);
  });
});

describe('noble central › links', () => {
  test('carry packets both ways, whole, in order and as large as one link-layer packet', async () => {
    const fixture = await startCentral();
    const [here, there] = await link(fixture, addLamp(fixture.air));
    expect([here.isDialler, here.packetBytes, there.packetBytes]).toEqual([true, 244, 244]);
    await Promise.all([flood(here, there, 100), flood(there, here, 100)]);
    expect(() => here.write(patternBytes(245))).toThrow(RangeError);
  });

  test('carry 20,000 packets each way without filling a buffer that is not there', { timeout: 120_000 }, async () => {
    const fixture = await startCentral();
    const lamp = addLamp(fixture.air);
    const [here, there] = await link(fixture, lamp);
    await Promise.all([flood(here, there, 20_000), flood(there, here, 20_000)]);
    for (const { counts } of [fixture.hub, lamp.adapter]) {
      expect(counts).toMatchObject({ overflows: 0, staleData: 0, unread: 0 });
    }
  });

  test.each([
    { aclBytes: 251, aclPackets: 8 },
    { aclBytes: 27, aclPackets: 2 },
    { aclBytes: 64, aclPackets: 1 },
  ])('to three devices at once share a controller with %o', async (hub) => {
    const fixture = await startCentral({ hub });
    const lamps = ['one', 'two', 'three'].map((name) => addLamp(fixture.air, name));
    await Promise.all(
      lamps.map(async (lamp) => {
        const [here, there] = await link(fixture, lamp);
        await Promise.all([flood(here, there, 200), flood(there, here, 200)]);
      }),
    );
    expect(fixture.hub.counts).toMatchObject({ overflows: 0, staleData: 0, links: 3 });
  });

  test('ask the controller for long packets and the fast PHY, whether it has them or not', async () => {
    const fixture = await startCentral();
    const commands: string[] = [];
    fixture.air.trace$.subscribe(({ isFromHost, packet, adapter }) => {
      if (isFromHost && adapter === fixture.hub && packet[0] === 1) commands.push(hex(packet));
    });
    const lamp = addLamp(fixture.air, 'old', { dataLengthBytes: 27 });
    await link(fixture, lamp);
    expect(commands.some((command) => /^01222006....fb004808$/.test(command))).toBe(true);
    expect(commands.some((command) => /^01322007....0002020000$/.test(command))).toBe(true);
    expect(commands.find((command) => command.startsWith('010d20'))?.slice(-24)).toBe('06000c000000c80004000600');
  });

  test('opened and closed fifty times leave nothing behind', async () => {
    const listeners = () => (['exit', 'SIGINT'] as const).map((name) => process.listenerCount(name));
    const before = listeners();
    const fixture = await startCentral();
    const lamp = addLamp(fixture.air);
    for (const round of upTo(50)) {
      const [here, there] = await link(fixture, lamp);
      await flood(here, there, 3);
      (round % 2 === 0 ? here : there).close();
      await Promise.all([endOf(here), endOf(there)]);
    }
    await turns(20);
    expect([fixture.hub.counts.links, lamp.adapter.counts.links]).toEqual([0, 0]);
    expect(listeners()).toEqual(before);
    expect(fixture.lines).toEqual([]);
  });

  test('are refused to a device that has one, and to one that was never heard', async () => {
    const fixture = await startCentral();
    const lamp = addLamp(fixture.air);
    const [here] = await link(fixture, lamp);
    const again = failureOf(fixture.central.connect(lamp.adapter.address, { signal }));
    await turns(5);
    fixture.clock.increment(1_000);
    expect((await again).failure).toBe('busy');
    const unheard = fixture.central.connect('c0:de:00:00:00:99', { signal });
    expect((await failureOf(unheard)).failure).toBe('not-in-range');
    expect(here.write(Uint8Array.of(1))).toBe(true);
  });
});

describe('noble central › visits', () => {
  test.each([1, 22, 252, 253, 254, 255, 256, 511, 512])('exchange cards of %i bytes', async (length) => {
    const fixture = await startCentral();
    const lamp = addLamp(fixture.air);
    const [theirs, ours] = [patternBytes(length, 6), patternBytes(length, 7)];
    lamp.peripheral.advertise({ hint, card: theirs });
    await hear(fixture, lamp.adapter);
    expect(hex(await visit(fixture, lamp, ours))).toBe(hex(theirs));
    expect(lamp.cards.map(hex)).toEqual([hex(ours)]);
    await hear(fixture, lamp.adapter);
    expect(fixture.hub.counts.links).toBe(0);
  });

  test('wait for links, and otherwise for one another in the order they were asked for', async () => {
    const fixture = await startCentral();
    const lamps = upTo(4).map((number) => addLamp(fixture.air, `lamp ${number}`));
    for (const { adapter } of lamps) await hear(fixture, adapter);
    const order: number[] = [];
    await Promise.all(
      lamps.map(async (lamp, number) => {
        if (number % 2 === 0) await fixture.central.connect(lamp.adapter.address, { signal });
        else await visit(fixture, lamp, card);
        order.push(number);
      }),
    );
    expect(order).toEqual([0, 2, 1, 3]);
    expect(lamps.map(({ links, cards }) => [links.length, cards.length])).toEqual([
      [1, 0],
      [0, 1],
      [1, 0],
      [0, 1],
    ]);
  });
});

describe('noble central › closing', () => {
  test('ends links on both sides, refuses further calls and falls silent', async () => {
    const fixture = await startCentral();
    const { central, hub } = fixture;
    const lamp = addLamp(fixture.air);
    const [here, there] = await link(fixture, lamp);
    let completed = 0;
    central.state$.subscribe({ complete: () => (completed += 1) });
    central.heard$.subscribe({ complete: () => (completed += 1) });
    here.write(Uint8Array.of(7));
    const last = nextValues(there.packets$, 1);
    await central.close();
    expect([await endOf(here), await endOf(there)]).toEqual(['closed-here', 'closed-there']);
    expect(await last).toEqual([Buffer.of(7)]);
    expect((await failureOf(central.connect(lamp.adapter.address, { signal }))).failure).toBe('closed');
    expect([completed, hub.counts.links]).toEqual([2, 0]);
    await central.close();
  });

  test('ends what is under way and what waits', async () => {
    const fixture = await startCentral();
    const lamp = addLamp(fixture.air);
    await hear(fixture, lamp.adapter);
    const calls = [fixture.central.connect(lamp.adapter.address, { signal }), visit(fixture, lamp, card)];
    const failures = Promise.all(calls.map(failureOf));
    await fixture.central.close();
    expect((await failures).map(({ failure }) => failure)).toEqual(['closed', 'closed']);
    expect(fixture.hub.counts.links).toBe(0);
  });

  test('leaves the adapter to the next central of the same process', async () => {
    const first = await startCentral();
    const lamp = addLamp(first.air);
    await link(first, lamp);
    await first.central.close();
    const Socket = createAirSocketClass(first.air, () => first.hub);
    const central = createCentral({ Socket, adapter: undefined, channel: 'user', clock: first.clock, log: () => {} });
    await reach(central, 'poweredOn');
    await link({ ...first, central }, lamp);
    await central.close();
    expect(first.hub.counts.links).toBe(0);
  });
});
