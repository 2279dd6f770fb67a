import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Adapter, type Air, createAir, type HciRecord } from '../../../src/transport/air/air.js';
import { LeEvent, Opcode } from '../../../src/transport/air/hci-codes.js';
import { turns } from '../../support/time.js';
import { createConnection, createRawHost, linkHosts, unacknowledged } from './raw-host.js';

let air: Air;

beforeEach(() => {
  air = createAir();
});

afterEach(() => air.close());

function hex(packets: readonly Uint8Array[]): string[] {
  return packets.map((packet) => Buffer.from(packet).toString('hex'));
}

describe('several hosts at one adapter', () => {
  it('each get every event, and see the commands of the others', async () => {
    const adapter = air.createAdapter();
    const [one, other] = [createRawHost(adapter), createRawHost(adapter)];
    await one.command(Opcode.reset);
    await turns();
    expect([hex(one.received), hex(other.received)]).toEqual([['040e0401030c00'], ['040e0401030c00']]);
    expect([hex(one.seenCommands), hex(other.seenCommands)]).toEqual([[], ['01030c00']]);
  });

  it('may each change the bytes they got', async () => {
    const adapter = air.createAdapter();
    const host = createRawHost(adapter);
    adapter.attach({ receive: (packet) => void packet.fill(0), sawCommand: (packet) => void packet.fill(0) });
    adapter.attach({ receive: (packet) => void packet.fill(0), sawCommand: (packet) => void packet.fill(0) });
    const late = createRawHost(adapter);
    await host.command(Opcode.reset);
    await turns();
    expect([hex(late.received), hex(late.seenCommands)]).toEqual([['040e0401030c00'], ['01030c00']]);
  });

  it('leave it as it is when they close', async () => {
    const [hub, phone] = [air.createAdapter(), air.createAdapter()];
    const { central, peripheral, out, in: into } = await linkHosts(hub, phone);
    const second = createRawHost(phone);
    peripheral.close();
    peripheral.write(unacknowledged(into, Uint8Array.of(1)));
    central.write(unacknowledged(out, Uint8Array.of(7)));
    expect((await second.acl()).at(-1)).toBe(7);
    const isAcl = (packet: Buffer): boolean => packet[0] === 2;
    expect([peripheral.received.some(isAcl), central.received.some(isAcl)]).toEqual([false, false]);
    expect(phone.counts.links).toBe(1);
  });
});

describe('the trace', () => {
  it('has every packet of both directions, under the name of its adapter', async () => {
    const records: HciRecord[] = [];
    air.trace$.subscribe((record) => records.push(record));
    const adapter = air.createAdapter({ name: 'kitchen' });
    await createRawHost(adapter).command(Opcode.reset);
    expect(records.map(({ adapter: { name }, isFromHost, packet }) => [name, isFromHost, ...hex([packet])])).toEqual([
      ['kitchen', true, '01030c00'],
      ['kitchen', false, '040e0401030c00'],
    ]);
  });

  it('keeps what a host wrote when the host uses its bytes again', async () => {
    const records: HciRecord[] = [];
    air.trace$.subscribe((record) => records.push(record));
    const [hub, phone] = [air.createAdapter(), air.createAdapter()];
    const { central, peripheral, out } = await linkHosts(hub, phone);
    const packet = unacknowledged(out, Uint8Array.of(9));
    const before = hex([packet]);
    central.write(packet);
    packet.fill(0);
    expect((await peripheral.acl()).at(-1)).toBe(9);
    expect(
      hex(records.filter((record) => record.isFromHost && record.packet[0] === 2).map((record) => record.packet)),
    ).toEqual(before);
  });

  it('ends when the air is closed', () => {
    let isOver = false;
    air.trace$.subscribe({ complete: () => (isOver = true) });
    air.close();
    expect(isOver).toBe(true);
  });
});

describe('adapters', () => {
  it('are found by name, have addresses of their own, and are refused twice', () => {
    const [one, other] = [air.createAdapter(), air.createAdapter({ name: 'phone', address: 'AA:BB:CC:DD:EE:FF' })];
    expect([one.address, one.name, other.address]).toEqual([
      'c0:de:00:00:00:01',
      'c0:de:00:00:00:01',
      'aa:bb:cc:dd:ee:ff',
    ]);
    expect([air.find('phone'), air.find('nobody'), air.adapters]).toEqual([other, undefined, [one, other]]);
    expect(() => air.createAdapter({ name: 'phone' })).toThrow(RangeError);
    expect(() => air.createAdapter({ address: 'aa:bb:cc:dd:ee:ff' })).toThrow(RangeError);
  });

  it.each([
    [{ address: 'aa:bb' }],
    [{ aclBytes: 26 }],
    [{ aclPackets: 0 }],
    [{ dataLengthBytes: 252 }],
    [{ maxLinks: 0.5 }],
  ])('are refused with %j', (options) => {
    expect(() => air.createAdapter(options)).toThrow(RangeError);
  });

  it('are refused a signal strength that no report can hold', () => {
    expect(() => air.setRssi(air.createAdapter(), air.createAdapter(), -128)).toThrow(RangeError);
  });

  it('of another air cannot be parted from those of this one', () => {
    const stranger: Adapter = createAir().createAdapter();
    expect(() => air.partition(air.createAdapter(), stranger)).toThrow('another air');
  });

  it('that are both central and peripheral keep their links apart', async () => {
    const [hub, middle, phone] = [air.createAdapter(), air.createAdapter(), air.createAdapter()];
    const down = await linkHosts(middle, phone);
    const up = await linkHosts(hub, middle);
    expect([up.in, down.out]).toEqual([0x41, 0x40]);
    up.central.write(unacknowledged(up.out, Uint8Array.of(1)));
    expect((await up.peripheral.acl()).readUInt16LE(1)).toBe(0x2041);
    down.peripheral.write(unacknowledged(down.in, Uint8Array.of(2), 0x1b));
    expect((await down.central.acl()).readUInt16LE(1)).toBe(0x2041);
    await down.central.command(Opcode.leCreateConnection, createConnection('00:00:00:00:00:09'));
    await down.central.command(Opcode.leCreateConnectionCancel);
    expect((await up.peripheral.leEvent(LeEvent.connectionComplete))[4]).toBe(0x02);
  });
});
