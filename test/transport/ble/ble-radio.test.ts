import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { filter, firstValueFrom, merge, type Observable, take, toArray } from 'rxjs';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { SimulatedClock } from 'xstate';
import { createAir } from '../../../src/transport/air/air.js';
import { type AirServerEvent, serveAir } from '../../../src/transport/air/air-server.js';
import { createBleRadio } from '../../../src/transport/ble/ble-radio.js';
import { hex, patternBytes, writeAll } from '../../../src/transport/contract/stage.js';
import type { Link } from '../../../src/transport/transport.js';
import { upTo } from '../../support/links.js';
import { turns } from '../../support/time.js';
import { card, hint, reach } from './peripheral-fixture.js';
import { begin, createRadios, hear, link } from './radio-fixture.js';

const PACKETS = 20_000;

describe('a BLE radio', () => {
  test('hears what another one advertises, and its signal', async () => {
    const { hub, lamp, lampAdapter } = await createPair();
    await begin(lamp);
    const { rssi, hint: heard } = await hear(hub, lampAdapter);
    expect({ rssi, hint: hex(heard) }).toEqual({ rssi: -50, hint: hex(hint) });
  });

  test('carries 20,000 packets each way at once, in order, and never overruns a controller', async () => {
    const { hub, lamp, hubAdapter, lampAdapter } = await createPair();
    await begin(lamp);
    const [near, far] = await link(hub, lamp, lampAdapter);
    const counts = [near, far].map(countInOrder);
    await Promise.all([near, far].map((end) => writeAll(end, numbered(PACKETS))));
    expect(await Promise.all(counts)).toEqual([PACKETS, PACKETS]);
    for (const { counts: count } of [hubAdapter, lampAdapter])
      expect(count).toMatchObject({ overflows: 0, staleData: 0, unread: 0 });
  });

  test('visits: reads the card of the other and leaves a long one', async () => {
    const { hub, lamp, lampAdapter } = await createPair();
    await begin(lamp);
    const { address } = await hear(hub, lampAdapter);
    const left = firstValueFrom(lamp.cards$);
    const read = await hub.visit(address, patternBytes(512, 5), { signal: new AbortController().signal });
    expect(hex(read)).toBe(hex(card));
    expect(hex(await left)).toBe(hex(patternBytes(512, 5)));
    expect(await hear(hub, lampAdapter)).toBeDefined();
  });

  test('says what its better half can do', async () => {
    const { air, create } = createRadios();
    const [first, second] = [air.createAdapter(), air.createAdapter()];
    const { radio } = create({ central: first, peripheral: second }, { clock: new SimulatedClock() });
    const states: string[] = [];
    await reach(radio.state$, 'poweredOn');
    radio.state$.subscribe((state) => states.push(state));
    await turns(20);
    first.pull();
    await turns();
    expect(states).toEqual(['poweredOn']);
    second.pull();
    await turns();
    expect(states).toEqual(['poweredOn', 'resetting']);
  });

  test('without a central half it hears nothing and refuses to connect', async () => {
    const { air, create } = createRadios();
    const { radio } = create({ peripheral: air.createAdapter() });
    const { signal } = new AbortController();
    expect([radio.hasCentral, radio.hasPeripheral]).toEqual([false, true]);
    await expect(radio.connect('c0:de', { signal })).rejects.toMatchObject({
      name: 'DialError',
      failure: 'not-in-range',
    });
    await expect(radio.visit('c0:de', card, { signal })).rejects.toMatchObject({ failure: 'not-in-range' });
    await expectSilence(radio.heard$, () => radio.close());
  });

  test('without a peripheral half nobody comes, and advertising does nothing', async () => {
    const { air, create } = createRadios();
    const { radio } = create({ central: air.createAdapter() });
    radio.advertise({ hint, card });
    expect([radio.hasCentral, radio.hasPeripheral]).toEqual([true, false]);
    await expectSilence(merge(radio.incoming$, radio.cards$), () => radio.close());
  });

  test('needs a half', () => {
    expect(() => createBleRadio({}, { log: () => {} })).toThrow(RangeError);
  });

  test('closed, its links are, and the other side knows', async () => {
    const { hub, lamp, lampAdapter, hubAdapter } = await createPair();
    await begin(lamp);
    const [near, far] = await link(hub, lamp, lampAdapter);
    await lamp.close();
    expect(await firstValueFrom(far.ended$)).toBe('closed-here');
    expect(await firstValueFrom(near.ended$)).toBe('closed-there');
    expect(hubAdapter.counts.links).toBe(0);
  });

  test('names the recommended channel when it is given the other one, and what is wrong with the adapter', async () => {
    const lines: string[] = [];
    const options = { peripheral: { type: 'hci', adapter: 99 }, channel: 'raw' } as const;
    const radio = createBleRadio(options, { log: (line) => lines.push(line), clock: new SimulatedClock() });
    await radio.close();
    expect(lines).toEqual([
      expect.stringContaining("'user'"),
      expect.stringMatching(/^the peripheral adapter cannot be used: .*$/),
    ]);
  });

  test('finds its adapters behind a socket, two of them or one for both roles', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'tandem-radio-'));
    const air = createAir();
    const server = await serveAir(air, { path: join(directory, 'air') });
    const joined = firstValueFrom(server.events$.pipe(filter(isJoined), take(3), toArray()));
    const at = (name: string) => ({ type: 'h4', path: server.path, name }) as const;
    const lines: string[] = [];
    const around = { log: (line: string) => lines.push(line) };
    const hub = createBleRadio({ central: at('hub'), peripheral: at('hub') }, around);
    const lamp = createBleRadio({ central: at('eye'), peripheral: at('lamp') }, around);
    onTestFinished(async () => {
      await Promise.all([hub.close(), lamp.close()]);
      await server.close();
      air.close();
      rmSync(directory, { recursive: true });
    });
    await Promise.all([begin(hub), begin(lamp), joined]);
    expect(air.adapters.map(({ name }) => name).toSorted()).toEqual(['eye', 'hub', 'lamp']);
    const [lampAdapter, hubAdapter] = [air.find('lamp'), air.find('hub')];
    if (lampAdapter === undefined || hubAdapter === undefined) throw new Error('an adapter is missing');
    await expectEcho(...(await link(hub, lamp, lampAdapter)));
    await expectEcho(...(await link(lamp, hub, hubAdapter)));
    expect(lines).toEqual([expect.stringContaining('one adapter has both roles')]);
  });
});

function isJoined({ type }: AirServerEvent): boolean {
  return type === 'joined';
}

/** A hub that is central and a lamp that is peripheral; the lamp does not advertise yet. */
async function createPair() {
  const { air, create } = createRadios();
  const [hubAdapter, lampAdapter] = [air.createAdapter({ name: 'hub' }), air.createAdapter({ name: 'lamp' })];
  const hub = create({ central: hubAdapter }).radio;
  const lamp = create({ peripheral: lampAdapter }).radio;
  await Promise.all([hub, lamp].map(({ state$ }) => reach(state$, 'poweredOn')));
  return { air, hub, lamp, hubAdapter, lampAdapter };
}

function* numbered(count: number): Iterable<Uint8Array> {
  for (let number = 0; number < count; number += 1) {
    const packet = Buffer.alloc(20);
    packet.writeUInt32LE(number);
    yield packet;
  }
}

/** How many packets came in order, once there are PACKETS. */
function countInOrder(end: Link): Promise<number> {
  return new Promise((resolve) => {
    let [count, inOrder] = [0, 0];
    end.packets$.subscribe((packet) => {
      if (Buffer.from(packet).readUInt32LE() === count) inOrder += 1;
      count += 1;
      if (count === PACKETS) resolve(inOrder);
    });
  });
}

async function expectEcho(one: Link, other: Link): Promise<void> {
  for (const [from, to] of [[one, other] as const, [other, one] as const]) {
    const arrived = firstValueFrom(to.packets$);
    from.write(Uint8Array.of(...upTo(10)));
    expect([...(await arrived)]).toEqual(upTo(10));
  }
}

async function expectSilence(stream$: Observable<unknown>, close: () => Promise<void>): Promise<void> {
  const [next, complete] = [vi.fn(), vi.fn()];
  stream$.subscribe({ next, complete });
  await turns();
  expect([next, complete].map(({ mock }) => mock.calls.length)).toEqual([0, 0]);
  await close();
  expect(next).not.toHaveBeenCalled();
  expect(complete).toHaveBeenCalledOnce();
}
