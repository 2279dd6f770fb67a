import { afterEach, describe, expect, it } from 'vitest';
import { SimulatedClock } from 'xstate';
import { type Adapter, type Air, type AirOptions, createAir } from '../../../src/transport/air/air.js';
import { LeEvent, Opcode } from '../../../src/transport/air/hci-codes.js';
import { createVirtualTime } from '../../../src/transport/air/virtual-time.js';
import { advance } from '../../support/time.js';
import { passTime } from './pass-time.js';
import { advertise, advertisingData, createRawHost, type RawHost, reports, scan } from './raw-host.js';

const PASSIVE = Buffer.from('00600030000000', 'hex');
const ACTIVE = Buffer.from('01600030000000', 'hex');
/** By the accept list. */
const CHOOSY = Buffer.from('00600030000001', 'hex');

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

describe('an advertisement', () => {
  it('is reported with its data, and then the scan response, byte for byte', async () => {
    start();
    air.setRssi(phone, hub, -66);
    await device.command(Opcode.leSetAdvertisingData, advertisingData(Uint8Array.of(2, 1, 6)));
    await device.command(Opcode.leSetScanResponseData, advertisingData(Uint8Array.of(2, 9, 0x41)));
    await advertise(device);
    await scan(listener, ACTIVE, true);
    await listener.leEvent(LeEvent.advertisingReport);
    await listener.leEvent(LeEvent.advertisingReport);
    expect(reports(listener)).toEqual(['043e0f020100000a000000dec003020106be', '043e0f020104000a000000dec003020941be']);
  });

  it('has no scan response for a passive scan', async () => {
    const clock = new SimulatedClock();
    start({ clock });
    await advertise(device);
    await scan(listener, PASSIVE, false);
    await advance(clock, 50);
    expect(reports(listener).map((report) => report.slice(10, 12))).not.toContain('04');
    expect(reports(listener).length).toBeGreaterThan(1);
  });

  it('comes at the interval that the host asked for', async () => {
    const pass = startModelled();
    await scan(listener, PASSIVE, false);
    await advertise(device, { intervalMs: 100 });
    await pass(1_001);
    expect(reports(listener)).toHaveLength(11);
  });

  it('is reported once while duplicates are filtered, and again in the next scan', async () => {
    const clock = new SimulatedClock();
    start({ clock });
    await advertise(device);
    await scan(listener, PASSIVE, true);
    await advance(clock, 100);
    expect(reports(listener)).toHaveLength(1);
    await listener.command(Opcode.leSetScanEnable, Uint8Array.of(1, 1));
    await advance(clock, 100);
    expect(reports(listener)).toHaveLength(2);
  });

  it('is not reported when the host masks advertising reports', async () => {
    const clock = new SimulatedClock();
    start({ clock });
    await advertise(device);
    await listener.command(Opcode.leSetEventMask, Buffer.from('1d00000000000000', 'hex'));
    await scan(listener, PASSIVE, false);
    await advance(clock, 100);
    expect(reports(listener)).toEqual([]);
  });

  it('is heard neither out of range nor after it was switched off', async () => {
    const clock = new SimulatedClock();
    start({ clock });
    air.partition(hub, phone);
    await advertise(device);
    await scan(listener, PASSIVE, false);
    await advance(clock, 100);
    expect(reports(listener)).toEqual([]);
    air.heal(phone, hub);
    await advance(clock, 100);
    const heard = reports(listener).length;
    expect(heard).toBeGreaterThan(0);
    await device.command(Opcode.leSetAdvertisingEnable, Uint8Array.of(0));
    await advance(clock, 100);
    expect(reports(listener)).toHaveLength(heard);
  });

  it('is not heard by the adapter that sends it', async () => {
    const clock = new SimulatedClock();
    start({ clock });
    await advertise(listener);
    await scan(listener, PASSIVE, false);
    await advance(clock, 100);
    expect(reports(listener)).toEqual([]);
  });

  it('bears the random address when the host asks for it', async () => {
    start();
    await device.command(Opcode.leSetRandomAddress, Buffer.from('010203040506', 'hex'));
    await advertise(device, { ownType: 1 });
    await scan(listener, PASSIVE, true);
    const report = await listener.leEvent(LeEvent.advertisingReport);
    expect(report.subarray(5, 13).toString('hex')).toBe('0001010203040506');
  });

  it('of a device that is not on the accept list is not reported when the scan goes by it', async () => {
    const clock = new SimulatedClock();
    start({ clock });
    await advertise(device);
    const other = air.createAdapter({ address: 'c0:de:00:00:00:0c' });
    await advertise(createRawHost(other));
    await listener.command(Opcode.leAddToAcceptList, Buffer.from('000c000000dec0', 'hex'));
    await scan(listener, CHOOSY, false);
    await advance(clock, 100);
    expect(reports(listener).length).toBeGreaterThan(0);
    expect(new Set(reports(listener).map((report) => report.slice(14, 26)))).toEqual(new Set(['0c000000dec0']));
  });
});
