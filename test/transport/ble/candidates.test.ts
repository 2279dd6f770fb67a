import { describe, expect, it } from 'vitest';
import { MAX_ADDRESSES_PER_TAG, MAX_KNOWN_DEVICES } from '../../../src/protocol/limits.js';
import { createCandidates } from '../../../src/transport/ble/discovery/candidates.js';
import { createKnownDevices } from '../../../src/transport/ble/discovery/known-devices.js';
import { createOther } from '../../support/hand-radio.js';
import { here } from './ble-fixture.js';

describe('candidates', () => {
  it('are so many at most that show the same tag, the latest ones', () => {
    const candidates = createCandidates();
    const phone = createOther('phone');
    for (let number = 0; number < 10; number += 1) {
      candidates.hear(phone.heard({ address: `address ${number}` }), here, number);
    }
    expect(candidates.all()).toHaveLength(MAX_ADDRESSES_PER_TAG);
    expect(candidates.all().at(-1)?.address).toBe('address 9');
  });

  it('are so many at most, and the one not heard for longest is forgotten', () => {
    const candidates = createCandidates();
    for (let number = 0; number <= MAX_KNOWN_DEVICES; number += 1) {
      candidates.hear(createOther(`device ${number}`).heard(), here, number);
    }
    expect(candidates.all()).toHaveLength(MAX_KNOWN_DEVICES);
    expect(candidates.all()[0]?.address).toBe('address of device 1');
  });

  it('have to show their card again when they show another tag', () => {
    const candidates = createCandidates();
    const { own, heard } = createOther('phone');
    const candidate = candidates.hear(heard(), here, 0);
    if (candidate !== undefined) candidate.identity = own.identity;
    expect(candidates.hear(heard(), here, 1)?.identity).toBe(own.identity);
    const { hint } = createOther('tablet').heard();
    expect(candidates.hear(heard({ hint }), here, 2)?.identity).toBeUndefined();
  });
});

describe('known devices', () => {
  it('are so many at most; the one not seen for longest is forgotten, unless it is linked', () => {
    const devices = createKnownDevices();
    for (let number = 0; number < MAX_KNOWN_DEVICES; number += 1) {
      devices.meet({ deviceId: `${number}`, deviceName: '' }).cardMs = number;
    }
    const oldest = devices.get('0');
    if (oldest !== undefined) oldest.links = 1;
    devices.meet({ deviceId: 'one more', deviceName: '' });
    expect(devices.all()).toHaveLength(MAX_KNOWN_DEVICES);
    expect([devices.get('0'), devices.get('1')]).toEqual([oldest, undefined]);
  });
});
