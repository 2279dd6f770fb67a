import { describe, expect, it, onTestFinished } from 'vitest';
import { createH4SocketClass } from '../../../src/transport/air/h4-socket.js';
import { loadBleno, loadNoble } from '../../../src/transport/ble/load-stacks.js';
import type { Bleno, Noble } from '../../../src/transport/ble/stacks.js';
import { advertise, connectTo, INPUT, OUTPUT, powerOn, SERVICE, until } from './real-stacks.js';
import { createServedAir } from './served.js';

const VALUE_BYTES = 244;

async function startCentral(path: string, name?: string): Promise<Noble> {
  const noble = loadNoble(createH4SocketClass({ path, ...(name !== undefined && { name }) }));
  onTestFinished(() => noble._bindings._hci._socket.stop());
  return powerOn(noble);
}

interface Numbers {
  readonly bleno: Bleno;
  /** Resolves with the numbers that were written, once there are so many. */
  received(count: number): Promise<readonly number[]>;
  notify(number: number): void;
}

/** A peripheral that is written numbers, and notifies numbers. */
async function startPeripheral(path: string, name: string): Promise<Numbers> {
  const bleno = await powerOn(loadBleno(createH4SocketClass({ path, name })));
  onTestFinished(() => bleno._bindings._hci._socket.stop());
  const numbers: number[] = [];
  let update: ((data: Buffer) => void) | undefined;
  let look = (): void => {};
  const input = new bleno.Characteristic({
    uuid: INPUT,
    properties: ['writeWithoutResponse'],
    onWriteRequest(data, _offset, _withoutResponse, callback) {
      numbers.push(data.readUInt32LE(0));
      callback(0);
      look();
    },
  });
  const output = new bleno.Characteristic({
    uuid: OUTPUT,
    properties: ['notify'],
    onSubscribe: (_maxValueSize, updateValue) => {
      update = updateValue;
    },
  });
  bleno.setServices([new bleno.PrimaryService({ uuid: SERVICE, characteristics: [input, output] })]);
  await advertise(bleno, name);
  return {
    bleno,
    received: (count) =>
      new Promise((resolve) => {
        look = () => numbers.length >= count && resolve(numbers);
        look();
      }),
    notify: (number) => update?.(bytesOf(number)),
  };
}

function bytesOf(number: number): Buffer {
  const value = Buffer.alloc(VALUE_BYTES);
  value.writeUInt32LE(number);
  return value;
}

function upTo(count: number): number[] {
  return Array.from({ length: count }, (_, number) => number);
}

describe('noble and bleno over a served air', () => {
  it('find each other and carry everything both ways, in order', async () => {
    const { path, air, server } = await createServedAir();
    const phone = await startPeripheral(path, 'phone');
    const noble = await startCentral(path, 'kitchen');
    const adapter = air.find('phone');
    if (adapter === undefined) throw new Error('the phone has no adapter');
    const { peripheral, input, output } = await connectTo(noble, adapter);
    expect(peripheral.mtu).toBe(256);

    // No more at once than a socket keeps for a reader that is slow: beyond that an air loses packets, as Linux does.
    const rounds = 20;
    const perRound = 100;
    const notified: number[] = [];
    for (const round of upTo(rounds)) {
      const numbers = upTo(perRound).map((number) => round * perRound + number);
      const last = (round + 1) * perRound;
      const all = until(output, 'data', (value: Buffer) => notified.push(value.readUInt32LE(0)) === last);
      for (const number of numbers) {
        input.write(bytesOf(number), true);
        phone.notify(number);
      }
      await Promise.all([phone.received(last), all]);
    }
    expect(await phone.received(0)).toEqual(upTo(rounds * perRound));
    expect(notified).toEqual(upTo(rounds * perRound));
    for (const { counts } of air.adapters) expect(counts).toMatchObject({ overflows: 0, unknownCommands: [] });
    expect(server.counts).toEqual({ clients: 2, lost: 0 });
  });

  it('work without names, as on a server that knows none', async () => {
    const { path, air } = await createServedAir();
    const phone = await startPeripheral(path, 'phone');
    const noble = await startCentral(path);
    const adapter = air.find('phone');
    if (adapter === undefined) throw new Error('the phone has no adapter');
    const { input } = await connectTo(noble, adapter);
    input.write(bytesOf(7), true);
    expect(await phone.received(1)).toEqual([7]);
  });

  it('lose their link when the process of one ends, and meet again when it is back under its name', async () => {
    const { path, air, when } = await createServedAir();
    const first = await startPeripheral(path, 'phone');
    const noble = await startCentral(path, 'kitchen');
    const adapter = air.find('phone');
    if (adapter === undefined) throw new Error('the phone has no adapter');
    const { peripheral } = await connectTo(noble, adapter);
    const lost = until(peripheral, 'disconnect');
    // What the end of a process does to its sockets.
    first.bleno._bindings._hci._socket.stop();
    await when('left');
    await lost;
    const second = await startPeripheral(path, 'phone');
    const { input } = await connectTo(noble, adapter);
    input.write(bytesOf(7), true);
    expect(await second.received(1)).toEqual([7]);
    expect(air.adapters).toHaveLength(2);
  });

  it('say that the radio is off when the adapter is, and on when it is back', async () => {
    const { path, air } = await createServedAir();
    const noble = await startCentral(path, 'kitchen');
    const off = until(noble, 'stateChange', (state) => state === 'poweredOff');
    air.find('kitchen')?.setPower(false);
    await off;
    const on = until(noble, 'stateChange', (state) => state === 'poweredOn');
    air.find('kitchen')?.setPower(true);
    await on;
  });
});
