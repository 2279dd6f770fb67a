import { afterEach, describe, expect, it } from 'vitest';
import { type Adapter, type Air, createAir } from '../../../src/transport/air/air.js';
import { HciEvent, Opcode } from '../../../src/transport/air/hci-codes.js';
import { word } from '../../../src/transport/air/hci-events.js';
import { createVirtualTime, type VirtualTime } from '../../../src/transport/air/virtual-time.js';
import { passTime } from './pass-time.js';
import { createRawHost, type LinkedHosts, linkHosts, type RawHost, unacknowledged } from './raw-host.js';
import { centralOn, connectTo, peripheralOn, until } from './real-stacks.js';

const INTERVAL_MS = 7.5;

let air: Air;
let time: VirtualTime;
let hub: Adapter;
let phone: Adapter;

function start(packetsPerEvent?: number, hurry = (delayMs: number) => delayMs): void {
  time = createVirtualTime();
  const { clock } = time;
  air = createAir({
    clock: { ...clock, setTimeout: (callback, delayMs) => clock.setTimeout(callback, hurry(delayMs)) },
    timing: packetsPerEvent === undefined ? { type: 'modelled' } : { type: 'modelled', packetsPerEvent },
  });
  [hub, phone] = [air.createAdapter({ aclPackets: 32 }), air.createAdapter()];
}

afterEach(() => air.close());

function linked(): Promise<LinkedHosts> {
  return time.run(linkHosts(hub, phone), air.trace$);
}

function pass(durationMs: number): Promise<void> {
  return passTime(time, air, durationMs);
}

function dataPackets({ received }: RawHost): number {
  return received.filter((packet) => packet[0] === 2).length;
}

function longerPackets(host: RawHost, handle: number): Promise<Buffer> {
  return host.command(Opcode.leSetDataLength, Buffer.concat([word(handle), word(251), word(2120)]));
}

describe('modelled time', () => {
  it('carries a number of link-layer packets per interval and direction', async () => {
    start(4);
    const { central, peripheral, out, in: into } = await linked();
    for (let index = 0; index < 10; index += 1) central.write(unacknowledged(out, Buffer.alloc(20)));
    for (let index = 0; index < 5; index += 1) peripheral.write(unacknowledged(into, Buffer.alloc(20), 0x1b));
    const seen: (readonly number[])[] = [];
    for (let event = 0; event < 3; event += 1) {
      await pass(INTERVAL_MS - 0.001);
      seen.push([dataPackets(peripheral), dataPackets(central)]);
      await pass(0.001);
    }
    await pass(1);
    seen.push([dataPackets(peripheral), dataPackets(central)]);
    expect(seen).toEqual([
      [0, 0],
      [4, 4],
      [8, 5],
      [10, 5],
    ]);
  });

  it('needs ten link-layer packets for 251 bytes until the data length is raised, then one', async () => {
    start(6);
    const { central, peripheral, out } = await linked();
    for (let index = 0; index < 3; index += 1) central.write(unacknowledged(out, Buffer.alloc(244)));
    // Ten, twenty and thirty link-layer packets, six per event.
    const seen: number[] = [];
    for (let event = 0; event < 5; event += 1) {
      await pass(INTERVAL_MS + 0.001);
      seen.push(dataPackets(peripheral));
    }
    expect(seen).toEqual([0, 1, 1, 2, 3]);
    await longerPackets(central, out);
    await pass(INTERVAL_MS);
    for (let index = 0; index < 6; index += 1) central.write(unacknowledged(out, Buffer.alloc(244)));
    await pass(INTERVAL_MS);
    expect(dataPackets(peripheral)).toBe(9);
  });

  it('lets a packet that was under way when packets became longer go on', async () => {
    start(6);
    const { central, peripheral, out } = await linked();
    for (let index = 0; index < 7; index += 1) central.write(unacknowledged(out, Buffer.alloc(244)));
    await longerPackets(central, out);
    const seen: number[] = [];
    for (let event = 0; event < 3; event += 1) {
      await pass(INTERVAL_MS + 0.001);
      seen.push(dataPackets(peripheral));
    }
    expect(seen).toEqual([0, 6, 7]);
  });

  it('is refused with connection events that carry nothing', () => {
    expect(() => createAir({ timing: { type: 'modelled', packetsPerEvent: 0 } })).toThrow(RangeError);
  });

  it('acknowledges once per event what has been sent in it', async () => {
    start(6);
    const { central, out } = await linked();
    for (let index = 0; index < 8; index += 1) central.write(unacknowledged(out, Buffer.alloc(20)));
    await pass(3 * INTERVAL_MS);
    const completed = central.received.filter((packet) => packet[1] === HciEvent.numberOfCompletedPackets);
    expect(completed.map((packet) => packet.readUInt16LE(6))).toEqual([6, 2]);
  });

  it('keeps its events whole intervals apart, whenever a host sends', async () => {
    start();
    const { central, peripheral, out } = await linked();
    const anchorMs = time.clock.now();
    const arrivals: number[] = [];
    air.trace$.subscribe(({ adapter, isFromHost, packet, atMs }) => {
      if (adapter === phone && !isFromHost && packet[0] === 2) arrivals.push((atMs - anchorMs) / INTERVAL_MS);
    });
    for (const pauseMs of [1, 11, 30, 7.4]) {
      central.write(unacknowledged(out, Uint8Array.of(1)));
      await pass(pauseMs);
    }
    await pass(INTERVAL_MS);
    expect(arrivals.map((events) => Number(events.toFixed(6)))).toEqual([1, 1, 2, 6]);
    expect(dataPackets(peripheral)).toBe(4);
  });

  it('has no event twice when timers fire early, as those of Node do', async () => {
    start(1, (delayMs) => Math.floor(delayMs));
    const { central, peripheral, out } = await linked();
    for (let index = 0; index < 10; index += 1) central.write(unacknowledged(out, Uint8Array.of(index)));
    await pass(4 * INTERVAL_MS + 1);
    expect(dataPackets(peripheral)).toBe(4);
  });

  it('takes the new interval of a connection update', async () => {
    start(1);
    const { central, peripheral, out } = await linked();
    await central.command(Opcode.leConnectionUpdate, Buffer.concat([out, 80, 80, 0, 200, 0, 0].map(word)));
    await pass(INTERVAL_MS + 0.001);
    for (let index = 0; index < 3; index += 1) central.write(unacknowledged(out, Uint8Array.of(index)));
    await pass(95);
    expect(dataPackets(peripheral)).toBe(0);
    await pass(155);
    expect(dataPackets(peripheral)).toBe(2);
  });
});

describe('noble and bleno in virtual time', () => {
  it('reach what the timing allows on paper, both ways at once, however slow the machine is', async () => {
    start(6);
    [hub, phone] = [air.createAdapter(), air.createAdapter()];
    const [noble, device] = await Promise.all([centralOn(air, hub), peripheralOn(air, phone)]);
    const { input, output } = await time.run(connectTo(noble, phone), air.trace$);
    await longerPackets(createRawHost(hub), 0x40);
    await pass(4 * INTERVAL_MS);

    const count = 3_000;
    let notified = 0;
    const areDone = Promise.all([
      until(output, 'data', () => ++notified === count).then(() => time.clock.now()),
      until(device.events, 'written', () => device.written.length === count).then(() => time.clock.now()),
    ]);
    const fromMs = time.clock.now();
    for (let index = 0; index < count; index += 1) {
      input.write(Buffer.alloc(244), true);
      device.notify(Buffer.alloc(244));
    }
    const ends = await time.run(areDone, air.trace$);
    const paperMs = (count / 6) * INTERVAL_MS;
    for (const endMs of ends) {
      expect((endMs - fromMs) / paperMs).toBeGreaterThan(0.99);
      expect((endMs - fromMs) / paperMs).toBeLessThan(1.02);
    }
    expect(hub.counts.overflows + phone.counts.overflows).toBe(0);
  });
});
