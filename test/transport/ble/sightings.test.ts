import { describe, expect, it } from 'vitest';
import { GONE_AFTER_MS, MAX_STRANGER_DEVICES } from '../../../src/protocol/limits.js';
import { createOther } from '../../support/hand-radio.js';
import { createBleFixture } from './ble-fixture.js';

const OTHER_ACCOUNT = 'ee'.repeat(32);

describe('signal strength', () => {
  it('is smoothed, and told only when it changed by 3 dB', async () => {
    const phone = createOther('phone');
    const { meet, hear, clock, told, sightings } = createBleFixture();
    await meet(phone);
    const { length } = told;
    const heard = phone.heard();
    clock.increment(1_000);
    hear({ ...heard, rssi: -70 });
    expect([told.length, sightings()[0]?.rssi]).toEqual([length, -60]);
    hear({ ...heard, rssi: -70 });
    expect([told.length, sightings()[0]?.rssi]).toEqual([length + 1, -64]);
  });

  it('is told at most once a second for a device', async () => {
    const phone = createOther('phone');
    const { meet, hear, clock, told } = createBleFixture();
    await meet(phone);
    const heard = phone.heard();
    const { length } = told;
    for (let round = 0; round < 100; round += 1) {
      clock.increment(20);
      hear({ ...heard, rssi: round % 20 < 10 ? -30 : -90 });
    }
    expect(told.length - length).toBeLessThanOrEqual(2);
  });

  it('does not wake anybody while it stays, except to say now and then that the device is still heard', async () => {
    const phone = createOther('phone');
    const { meet, hearFor, told, sightings } = createBleFixture();
    await meet(phone);
    const { length } = told;
    await hearFor(20_000, phone);
    expect(told.length - length).toBe(4);
    expect(sightings()[0]?.lastSeenMs).toBe(20_000);
  });
});

describe('a device of another account', () => {
  it('is shown without a name and never visited', () => {
    const stranger = createOther('stranger', { accountTag: OTHER_ACCOUNT });
    const { hear, visits, sightings } = createBleFixture();
    hear(stranger.heard());
    const shown = { deviceId: 'address of stranger', deviceName: '', accountTag: '', rssi: -60, lastSeenMs: 0 };
    expect([visits.length, sightings()]).toEqual([0, [shown]]);
  });

  it('takes no more room than there is, and makes room again', () => {
    const stranger = createOther('stranger', { accountTag: OTHER_ACCOUNT });
    const { hear, clock, sightings } = createBleFixture();
    for (let number = 0; number < 2 * MAX_STRANGER_DEVICES; number += 1) {
      hear(stranger.heard({ address: `stranger ${number}` }));
    }
    expect(sightings()).toHaveLength(MAX_STRANGER_DEVICES);
    clock.increment(GONE_AFTER_MS);
    hear(stranger.heard({ address: 'a late one' }));
    expect(sightings().map(({ deviceId }) => deviceId)).toEqual(['a late one']);
  });

  it('wakes nobody more often because it is called like a device of ours', async () => {
    const [stranger, phone] = [createOther('stranger', { accountTag: OTHER_ACCOUNT }), createOther('phone')];
    const { meet, hear, told } = createBleFixture();
    await meet(phone);
    hear(stranger.heard({ address: 'phone' }));
    const { length } = told;
    const heard = phone.heard();
    for (let round = 0; round < 5; round += 1) hear(heard);
    expect(told).toHaveLength(length);
  });
});
