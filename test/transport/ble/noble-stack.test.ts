import { firstValueFrom } from 'rxjs';
import { describe, expect, onTestFinished, test } from 'vitest';
import { SimulatedClock } from 'xstate';
import { createAir } from '../../../src/transport/air/air.js';
import { createAirSocketClass } from '../../../src/transport/air/air-socket.js';
import { createConnectQueue } from '../../../src/transport/ble/central/connect-queue.js';
import { createConnections } from '../../../src/transport/ble/central/connections.js';
import { closeConnection, forget, openConnection } from '../../../src/transport/ble/central/noble-connect.js';
import { startNoble, stopNoble } from '../../../src/transport/ble/central/noble-stack.js';
import { createScanner } from '../../../src/transport/ble/central/scan.js';
import { watchHci } from '../../../src/transport/ble/hci-watch.js';
import type { Noble } from '../../../src/transport/ble/stacks.js';
import { systemClock } from '../../../src/transport/clock.js';
import { upTo } from '../../support/links.js';
import { addLamp, signal } from './central-fixture.js';

async function start() {
  const air = createAir();
  const hub = air.createAdapter({ name: 'hub' });
  const watch = watchHci(
    createAirSocketClass(air, () => hub),
    undefined,
  );
  const scanner = createScanner(systemClock);
  const log = (): void => {};
  const noble = startNoble({ watch, channel: 'raw', onViolation: log, onReports: scanner.reports, log });
  const connections = createConnections(({ address }) => forget(noble, address));
  watch.facts$.subscribe(connections.tell);
  onTestFinished(() => {
    stopNoble(noble);
    air.close();
  });
  await new Promise<void>((resolve) => noble.on('stateChange', () => resolve()));
  scanner.start(noble);
  return { air, noble, parts: { noble, watch, connections, scanner, clock: systemClock, log } };
}

/** Devices that it keeps something of. */
function known(noble: Noble): number {
  const { _bindings: bindings } = noble;
  const maps = [noble._peripherals, noble._services, noble._characteristics, noble._descriptors];
  const more = [bindings._addresses, bindings._addresseTypes, bindings._connectable, bindings.scannable];
  return Math.max(...[...maps, ...more, noble._discoveredPeripheralUUids].map((map) => Object.keys(map).length));
}

describe('noble, mended', () => {
  test('keeps nothing of devices that are only heard, and of those that were connected', async () => {
    const { air, noble, parts } = await start();
    const queue = createConnectQueue();
    const lamps = upTo(3).map((number) => addLamp(air, `lamp ${number}`));
    for (const { adapter } of lamps) {
      while (parts.scanner.isRandomAddress(adapter.address) === undefined) await firstValueFrom(parts.scanner.heard$);
    }
    expect(known(noble)).toBe(0);
    for (const { adapter } of lamps) {
      await queue.run(signal, async (attempt) => {
        const { connection } = await openConnection(parts, adapter.address, attempt);
        expect(known(noble)).toBe(1);
        await closeConnection(parts, connection);
      });
      expect(known(noble)).toBe(0);
    }
  });

  test('counts the buffers of a connection on when another one fails under its handle', async () => {
    const { _hci: hci } = (await start()).noble._bindings;
    const complete = (status: number) => Buffer.from([0x04, 0x3e, 19, 1, status, 0, 0, 1, 0, ...Buffer.alloc(13)]);
    hci.onSocketData(complete(0));
    const counts = hci._aclConnections.get(0);
    hci.onSocketData(complete(2));
    expect(counts).toBeDefined();
    expect(hci._aclConnections.get(0)).toBe(counts);
  });

  test('polls its adapter no more once it is stopped', async () => {
    const { noble } = await start();
    const { _hci: hci } = noble._bindings;
    stopNoble(noble);
    let polls = 0;
    hci._socket.isDevUp = () => {
      polls += 1;
      return true;
    };
    hci.pollIsDevUp();
    expect(polls).toBe(0);
  });
});

describe('scanner', () => {
  test('forgets the address it has not heard for longest, beyond a thousand', () => {
    const scanner = createScanner(new SimulatedClock());
    for (const number of upTo(1_025)) scanner.reports(1, report(number));
    scanner.reports(1, report(1));
    expect([0, 1, 1_024].map((number) => scanner.isRandomAddress(addressOf(number)))).toEqual([undefined, true, true]);
  });
});

function addressOf(number: number): string {
  const [high, low] = [number >> 8, number & 0xff].map((byte) => byte.toString(16).padStart(2, '0'));
  return `c0:de:00:00:${high}:${low}`;
}

/** A scan response with a hint, of a random address. */
function report(number: number): Buffer {
  const uuid = Buffer.from('b4f5a1c0e4c34b5f9d4ea0c1d2c60001', 'hex').reverse();
  const data = Buffer.concat([Buffer.from([30, 0x21]), uuid, Buffer.alloc(13)]);
  return Buffer.from([4, 1, number & 0xff, number >> 8, 0, 0, 0xde, 0xc0, data.length, ...data, 0xc0]);
}
