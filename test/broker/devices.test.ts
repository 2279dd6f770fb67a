import { BehaviorSubject } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { SimulatedClock } from 'xstate';
import { type LinkedDevice, watchDevices } from '../../src/broker/devices.js';
import type { NearbyDevice } from '../../src/broker/interface.js';
import type { AvailableDevice } from '../../src/protocol/collaboration.js';
import { presenceOf } from '../../src/transport/contract/stage.js';
import type { Sighting } from '../../src/transport/transport.js';

const phone: Sighting = { ...presenceOf('phone'), rssi: -60, lastSeenMs: 0 };
const stranger: Sighting = { deviceId: '00:11', deviceName: '', accountTag: '', rssi: -70, lastSeenMs: 0 };
const available = { networkId: 'phone', deviceId: 'phone', deviceName: 'phone device' };

function createDevices(sightings: readonly Sighting[] = []) {
  const heard = new BehaviorSubject(sightings);
  const linked = new BehaviorSubject<readonly LinkedDevice[]>([]);
  const clock = new SimulatedClock();
  const self = presenceOf('here');
  const devices = watchDevices({ transport: { sightings$: heard }, self, linked$: linked, clock });
  const lists: (readonly AvailableDevice[])[] = [];
  const nearby: (readonly NearbyDevice[])[] = [];
  devices.devices$.subscribe((list) => lists.push(list));
  devices.nearby$.subscribe((list) => nearby.push(list));
  return { devices, heard, linked, clock, lists, nearby };
}

describe('the devices of a broker', () => {
  it('are those in range that share the account, and exactly what the reference shows of them', () => {
    const { devices } = createDevices([phone, stranger, presenceOf('here')]);
    expect(devices.list()).toEqual([available]);
  });

  it('are those, too, that are linked though nothing is heard of them', () => {
    const { devices, linked, nearby } = createDevices();
    linked.next([{ deviceId: 'phone', deviceName: 'phone device' }]);
    expect(devices.list()).toEqual([available]);
    expect(nearby.at(-1)).toEqual([{ deviceId: 'phone', deviceName: 'phone device', isOurs: true, isLinked: true }]);
    linked.next([]);
    expect(devices.list()).toEqual([]);
  });

  it('are told only when one comes, goes or is renamed', () => {
    const { heard, linked, lists } = createDevices([phone]);
    heard.next([{ ...phone, rssi: -40 }]);
    linked.next([{ deviceId: 'phone', deviceName: 'phone device' }]);
    expect(lists).toHaveLength(1);
    heard.next([{ ...phone, deviceName: 'renamed' }]);
    heard.next([]);
    expect(lists.map((list) => list.map(({ deviceName }) => deviceName))).toEqual([
      ['phone device'],
      ['renamed'],
      ['phone device'],
    ]);
  });

  it('are nearby with signal strength, link and time, strangers without a name', () => {
    const { heard, linked, nearby, clock } = createDevices([phone, { ...stranger, deviceName: 'secret' }]);
    clock.increment(4_000);
    linked.next([{ deviceId: 'phone', deviceName: 'phone device' }]);
    heard.next([{ ...phone, lastSeenMs: 4_000 }, stranger]);
    const [ours, theirs] = nearby.at(-1) ?? [];
    expect(ours).toMatchObject({ deviceId: 'phone', isOurs: true, isLinked: true, rssi: -60 });
    expect(theirs).toMatchObject({ deviceId: '00:11', deviceName: '', isOurs: false, isLinked: false, rssi: -70 });
    expect(nearby[0]?.[1]?.deviceName).toBe('');
    expect((ours?.lastSeen ?? 0) - (theirs?.lastSeen ?? 0)).toBeGreaterThanOrEqual(3_999);
  });

  it('show the account tag nowhere', () => {
    const { nearby, lists } = createDevices([phone, { ...phone, deviceId: 'other', accountTag: 'their tag' }]);
    expect(JSON.stringify([nearby, lists])).not.toMatch(/0123456789abcdef|their tag/);
  });

  it('end with the broker', () => {
    const { devices, heard, linked } = createDevices([phone]);
    let ends = 0;
    devices.devices$.subscribe({ complete: () => (ends += 1) });
    devices.nearby$.subscribe({ complete: () => (ends += 1) });
    devices.close();
    expect([ends, heard.observed, linked.observed]).toEqual([2, false, false]);
  });
});
