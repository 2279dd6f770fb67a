import { afterEach, describe, expect, it, vi } from 'vitest';
import { type Air, createAir } from '../../../src/transport/air/air.js';
import {
  advertise,
  centralOn,
  connectTo,
  discover,
  type EchoPeripheral,
  open,
  peripheralOn,
  powerOn,
  until,
} from './real-stacks.js';

let air: Air;
afterEach(() => {
  vi.unstubAllEnvs();
  air.close();
});

/** A central and a peripheral, each on an adapter of its own. */
async function stacks() {
  air = createAir();
  const [hub, phone] = [air.createAdapter({ name: 'hub' }), air.createAdapter({ name: 'phone' })];
  const [noble, device] = await Promise.all([centralOn(air, hub), peripheralOn(air, phone)]);
  return { hub, phone, noble, device };
}

async function nextWritten(device: EchoPeripheral): Promise<Buffer> {
  if (device.written.length === 0) await until(device.events, 'written');
  return device.written.shift() ?? Buffer.alloc(0);
}

describe('noble and bleno on the air', () => {
  it('discover each other, with name and signal strength', async () => {
    const { hub, phone, noble } = await stacks();
    air.setRssi(hub, phone, -71);
    expect(await discover(noble, phone)).toMatchObject({
      rssi: -71,
      connectable: true,
      advertisement: { localName: 'phone' },
    });
  });

  it('connect, agree on an MTU, and put together what needs two ACL packets', async () => {
    const { phone, noble, device } = await stacks();
    const { peripheral, input, output } = await connectTo(noble, phone);
    expect([peripheral.mtu, device.bleno.mtu]).toEqual([256, 256]);
    const value = Buffer.from(Array.from({ length: 253 }, (_, index) => index));
    input.write(value, true);
    expect(await nextWritten(device)).toEqual(value);
    const notified = until<Buffer>(output, 'data');
    device.notify(value);
    expect(await notified).toEqual(value);
  });

  it('have the adapter to themselves on the user channel, and reset it first', async () => {
    vi.stubEnv('HCI_CHANNEL_USER', '1');
    const { phone, noble, device } = await stacks();
    // noble does not ask for the buffers itself there.
    noble._bindings._hci.readLeBufferSize();
    const { input } = await connectTo(noble, phone);
    input.write(Buffer.of(6), true);
    expect(await nextWritten(device)).toEqual(Buffer.of(6));
  });

  it('carry 20,000 packets each way, complete and in order, and never overrun a controller', async () => {
    const { hub, phone, noble, device } = await stacks();
    const { input, output } = await connectTo(noble, phone);
    const count = 20_000;
    const notified: number[] = [];
    const areDone = Promise.all([
      until(output, 'data', (value: Buffer) => notified.push(value.readUInt32LE(0)) === count),
      until(device.events, 'written', () => device.written.length === count),
    ]);
    for (let index = 0; index < count; index += 1) {
      const value = Buffer.alloc(244);
      value.writeUInt32LE(index);
      input.write(value, true);
      device.notify(value);
    }
    await areDone;
    const numbers = Array.from({ length: count }, (_, index) => index);
    expect(device.written.map((value) => value.readUInt32LE(0))).toEqual(numbers);
    expect(notified).toEqual(numbers);
    for (const { counts } of [hub, phone]) {
      expect(counts).toMatchObject({ overflows: 0, staleData: 0, unread: 0, unknownCommands: [], links: 1 });
      expect(counts.attBytes).toBe(count * 244);
    }
  });

  it('both notice that they are out of range, and find each other again', async () => {
    const { hub, phone, noble, device } = await stacks();
    const { peripheral } = await connectTo(noble, phone);
    const areLost = Promise.all([until<number>(peripheral, 'disconnect'), until(device.bleno, 'disconnect')]);
    air.partition(hub, phone);
    expect((await areLost)[0]).toBe(0x08);
    air.heal(hub, phone);
    const { input } = await connectTo(noble, phone);
    input.write(Buffer.of(1), true);
    expect(await nextWritten(device)).toEqual(Buffer.of(1));
  });

  it('see an adapter go off and come back', async () => {
    const { phone, noble, device } = await stacks();
    const { peripheral } = await connectTo(noble, phone);
    const isLost = until<number>(peripheral, 'disconnect');
    const isOff = until(device.bleno, 'stateChange', (state) => state === 'poweredOff');
    phone.setPower(false);
    expect(await isLost).toBe(0x15);
    await isOff;
    phone.setPower(true);
    await powerOn(device.bleno);
    await advertise(device.bleno, phone.name);
    const { input } = await connectTo(noble, phone);
    input.write(Buffer.of(2), true);
    expect(await nextWritten(device)).toEqual(Buffer.of(2));
  });

  it('cancel an attempt to connect to a device that is gone, and connect to another', async () => {
    const { phone, noble } = await stacks();
    const gone = await discover(noble, phone);
    phone.pull();
    const isOver = open(gone);
    noble.cancelConnect(gone.id);
    await expect(isOver).rejects.toThrow();
    const lamp = air.createAdapter();
    const other = await peripheralOn(air, lamp);
    const { input } = await connectTo(noble, lamp);
    input.write(Buffer.of(3), true);
    expect(await nextWritten(other)).toEqual(Buffer.of(3));
  });
});

describe('several stacks in one process', () => {
  it('link one central to three peripherals', async () => {
    air = createAir();
    const hub = air.createAdapter();
    const lamps = [0, 1, 2].map(() => air.createAdapter());
    const noble = await centralOn(air, hub);
    const devices = await Promise.all(lamps.map((lamp) => peripheralOn(air, lamp)));
    for (const [index, lamp] of lamps.entries()) {
      const { input } = await connectTo(noble, lamp);
      input.write(Buffer.of(index), true);
    }
    expect(await Promise.all(devices.map(nextWritten))).toEqual([0, 1, 2].map((index) => Buffer.of(index)));
    expect(hub.counts).toMatchObject({ links: 3, overflows: 0 });
  });

  it('link two pairs beside each other', async () => {
    air = createAir();
    const adapters = [0, 1, 2, 3].map((number) => air.createAdapter({ name: `adapter ${number}` }));
    const pairs = [0, 2].map(async (first) => {
      const [hub, phone] = adapters.slice(first, first + 2);
      if (hub === undefined || phone === undefined) throw new Error('an adapter is missing');
      const [noble, device] = await Promise.all([centralOn(air, hub), peripheralOn(air, phone)]);
      const { input } = await connectTo(noble, phone);
      input.write(Buffer.of(first), true);
      return nextWritten(device);
    });
    expect(await Promise.all(pairs)).toEqual([Buffer.of(0), Buffer.of(2)]);
  });

  it('share one adapter as central and peripheral: each sees what the other does', async () => {
    const { hub, phone, noble, device } = await stacks();
    const both = await peripheralOn(air, hub);
    const { input } = await connectTo(noble, phone);
    const visitor = await centralOn(air, air.createAdapter());
    const inward = await connectTo(visitor, hub);
    expect(hub.counts.links).toBe(2);
    input.write(Buffer.of(4), true);
    inward.input.write(Buffer.of(5), true);
    expect([await nextWritten(device), await nextWritten(both)]).toEqual([Buffer.of(4), Buffer.of(5)]);
  });
});
