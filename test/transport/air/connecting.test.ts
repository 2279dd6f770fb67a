import { afterEach, describe, expect, it } from 'vitest';
import { SimulatedClock } from 'xstate';
import { type Adapter, type Air, type AirOptions, createAir } from '../../../src/transport/air/air.js';
import { HciError, LeEvent, Opcode } from '../../../src/transport/air/hci-codes.js';
import { createVirtualTime } from '../../../src/transport/air/virtual-time.js';
import { advance, turns } from '../../support/time.js';
import { passTime } from './pass-time.js';
import { advertise, createConnection, createRawHost, type RawHost, reports, scan } from './raw-host.js';

const PASSIVE = Buffer.from('00600030000000', 'hex');

let air: Air;
let phone: Adapter;
let hub: Adapter;
let device: RawHost;
let listener: RawHost;

function start(options: AirOptions = {}): void {
  air = createAir(options);
  phone = air.createAdapter({ address: 'c0:de:00:00:00:0a' });
  hub = air.createAdapter({ address: 'c0:de:00:00:00:0b' });
  [device, listener] = [createRawHost(phone), createRawHost(hub)];
}

function startModelled(): (durationMs: number) => Promise<void> {
  const time = createVirtualTime();
  start({ clock: time.clock, timing: { type: 'modelled' } });
  return (durationMs) => passTime(time, air, durationMs);
}

afterEach(() => air.close());

describe('LE Create Connection', () => {
  it('waits until the peer advertises, as long as it takes', async () => {
    const clock = new SimulatedClock();
    start({ clock });
    await listener.command(Opcode.leCreateConnection, createConnection(phone.address));
    await advance(clock, 60_000);
    expect(hub.counts.links).toBe(0);
    await advertise(device);
    const complete = await listener.leEvent(LeEvent.connectionComplete);
    // Status, handle, role, peer and its address, interval, latency, supervision timeout, clock accuracy.
    expect(complete.toString('hex')).toBe('043e1301004000' + '00' + '000a000000dec0' + '060000002a0000');
    expect((await device.leEvent(LeEvent.connectionComplete)).toString('hex')).toBe(
      '043e1301004000' + '01' + '000b000000dec0' + '060000002a0000',
    );
  });

  it('ends with Unknown Connection Identifier when it is cancelled', async () => {
    start();
    await listener.command(Opcode.leCreateConnection, createConnection(phone.address));
    await listener.command(Opcode.leCreateConnectionCancel);
    expect((await listener.leEvent(LeEvent.connectionComplete))[4]).toBe(0x02);
    await advertise(device);
    await turns(20);
    expect(hub.counts.links).toBe(0);
    expect((await listener.command(Opcode.leCreateConnection, createConnection(phone.address)))[3]).toBe(0);
    await listener.leEvent(LeEvent.connectionComplete);
  });

  it('is forgotten in a reset', async () => {
    start();
    await listener.command(Opcode.leCreateConnection, createConnection(phone.address));
    await listener.command(Opcode.reset);
    await advertise(device);
    await turns(20);
    expect(hub.counts.links).toBe(0);
  });

  it('takes whoever is on the accept list when it goes by it', async () => {
    start();
    await listener.command(Opcode.leAddToAcceptList, Buffer.from('000a000000dec0', 'hex'));
    const byList = createConnection('00:00:00:00:00:00');
    byList[4] = 1;
    await listener.command(Opcode.leCreateConnection, byList);
    expect((await listener.command(Opcode.leClearAcceptList)).at(-1)).toBe(HciError.commandDisallowed);
    await advertise(device);
    expect((await listener.leEvent(LeEvent.connectionComplete)).subarray(9, 15).toString('hex')).toBe('0a000000dec0');
  });

  it('ends the advertising of the peer', async () => {
    const clock = new SimulatedClock();
    start({ clock });
    await listener.command(Opcode.leCreateConnection, createConnection(phone.address));
    await scan(listener, PASSIVE, false);
    await advertise(device);
    await listener.leEvent(LeEvent.connectionComplete);
    const heard = reports(listener).length;
    await advance(clock, 200);
    expect(reports(listener)).toHaveLength(heard);
  });

  it('does not take an advertisement that cannot be connected to', async () => {
    const clock = new SimulatedClock();
    start({ clock });
    await listener.command(Opcode.leCreateConnection, createConnection(phone.address));
    await advertise(device, { type: 3 });
    await advance(clock, 200);
    expect(hub.counts.links).toBe(0);
  });

  it('takes until the next advertisement and one interval more when time is modelled', async () => {
    const pass = startModelled();
    await advertise(device, { intervalMs: 100 });
    await pass(10);
    await listener.command(Opcode.leCreateConnection, createConnection(phone.address, { interval: 8 }));
    await pass(99);
    expect(hub.counts.links).toBe(0);
    await pass(1);
    expect(hub.counts.links).toBe(1);
  });

  it('fails to establish when the peer goes out of range in between, and the peer goes on advertising', async () => {
    const pass = startModelled();
    await listener.command(Opcode.leCreateConnection, createConnection(phone.address, { interval: 40 }));
    await advertise(device, { intervalMs: 100 });
    await pass(20);
    air.partition(hub, phone);
    await pass(40);
    expect((await listener.leEvent(LeEvent.connectionComplete))[4]).toBe(0x3e);
    air.heal(hub, phone);
    await listener.command(Opcode.leCreateConnection, createConnection(phone.address));
    await pass(200);
    expect(hub.counts.links).toBe(1);
  });

  it('is won by one central when two wait for the same advertiser', async () => {
    const pass = startModelled();
    const other = createRawHost(air.createAdapter());
    const slow = createConnection(phone.address, { interval: 40 });
    await Promise.all([listener, other].map((host) => host.command(Opcode.leCreateConnection, slow)));
    await advertise(device, { intervalMs: 20 });
    await pass(500);
    expect(phone.counts.links).toBe(1);
    // The other one goes on waiting.
    const isComplete = (packet: Buffer): boolean => packet[1] === 0x3e && packet[3] === LeEvent.connectionComplete;
    expect([...listener.received, ...other.received].filter(isComplete)).toHaveLength(1);
  });

  it('can be cancelled while the connection is set up', async () => {
    const pass = startModelled();
    await listener.command(Opcode.leCreateConnection, createConnection(phone.address, { interval: 40 }));
    await advertise(device, { intervalMs: 100 });
    await pass(20);
    await listener.command(Opcode.leCreateConnectionCancel);
    expect((await listener.leEvent(LeEvent.connectionComplete))[4]).toBe(0x02);
    await pass(500);
    expect(hub.counts.links).toBe(0);
  });

  it('makes no second link between two controllers', async () => {
    const clock = new SimulatedClock();
    start({ clock });
    for (const _attempt of [1, 2]) {
      await listener.command(Opcode.leCreateConnection, createConnection(phone.address));
      await advertise(device);
      await advance(clock, 200);
    }
    expect([hub.counts.links, phone.counts.links]).toEqual([1, 1]);
  });

  it('waits while the advertiser has no room for one more link', async () => {
    const clock = new SimulatedClock();
    start({ clock });
    const small = air.createAdapter({ maxLinks: 1 });
    const host = createRawHost(small);
    await advertise(host);
    await host.command(Opcode.leCreateConnection, createConnection(phone.address));
    await advertise(device);
    await host.leEvent(LeEvent.connectionComplete);
    await listener.command(Opcode.leCreateConnection, createConnection(small.address));
    await advance(clock, 200);
    expect([small.counts.links, hub.counts.links]).toEqual([1, 0]);
  });
});
