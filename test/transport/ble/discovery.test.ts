import { describe, expect, it } from 'vitest';
import {
  CARD_LASTS_MS,
  GONE_AFTER_MS,
  MAX_ADDRESSES_PER_TAG,
  VISIT_AGAIN_MS,
  VISIT_RETRY_FIRST_MS,
  VISIT_RETRY_LONGEST_MS,
  VISIT_TIMEOUT_MS,
} from '../../../src/protocol/limits.js';
import { openCard, sealCard } from '../../../src/transport/ble/discovery/identity-card.js';
import { presenceOf } from '../../../src/transport/contract/stage.js';
import type { Sighting } from '../../../src/transport/transport.js';
import { createOther } from '../../support/hand-radio.js';
import { turns } from '../../support/time.js';
import { createBleFixture, here } from './ble-fixture.js';

const OTHER_ACCOUNT = 'ee'.repeat(32);
const idsOf = (sightings: readonly Sighting[]): string[] => sightings.map(({ deviceId }) => deviceId);

describe('a device of the account', () => {
  it('is visited when its hint is heard, and then in range with what its card says', async () => {
    const phone = createOther('phone');
    const { hear, visits, sightings } = createBleFixture();
    hear(phone.heard());
    expect([visits.length, sightings()]).toEqual([1, []]);
    expect(openCard(phone.own.cardKey, visits[0]?.card ?? new Uint8Array(0))).toEqual(here.identity);
    visits[0]?.succeed(phone.card());
    await turns();
    expect(sightings()).toEqual([{ ...presenceOf('phone'), rssi: -60, lastSeenMs: 0 }]);
  });

  it('is visited once while nothing changes, and again after a while', async () => {
    const phone = createOther('phone');
    const { meet, hearFor, visits } = createBleFixture();
    await meet(phone);
    const heard = phone.heard();
    await hearFor(1_000, { ...phone, heard: () => heard });
    visits[1]?.succeed(phone.card());
    await turns();
    await hearFor(VISIT_AGAIN_MS - 2_000, { ...phone, heard: () => heard });
    expect(visits.length).toBe(2);
    await hearFor(2_000, { ...phone, heard: () => heard });
    expect(visits.length).toBe(3);
  });

  it('is visited again when it shows another hint, and renamed by its card', async () => {
    const phone = createOther('phone');
    const { meet, hear, visits, clock, sightings } = createBleFixture();
    await meet(phone);
    clock.increment(VISIT_RETRY_FIRST_MS);
    hear(phone.heard());
    visits[1]?.succeed(sealCard(phone.own.cardKey, { deviceId: 'phone', deviceName: 'renamed' }));
    await turns();
    expect(sightings()[0]?.deviceName).toBe('renamed');
  });

  it('has the name of the card that was read last, whoever read it', async () => {
    const phone = createOther('phone');
    const { meet, hear, leaveCard, sightings } = createBleFixture();
    const heard = phone.heard();
    await meet({ ...phone, heard: () => heard });
    leaveCard(sealCard(phone.own.cardKey, { deviceId: 'phone', deviceName: 'renamed' }));
    hear(heard);
    expect(sightings()[0]?.deviceName).toBe('renamed');
  });

  it('is gone when it was not heard for a while, and back as soon as it is heard, before it is visited', async () => {
    const phone = createOther('phone');
    const { meet, hear, clock, sightings, visits } = createBleFixture();
    await meet(phone);
    clock.increment(GONE_AFTER_MS - 1);
    expect(idsOf(sightings())).toEqual(['phone']);
    clock.increment(1);
    expect(sightings()).toEqual([]);
    const before = visits.length;
    hear(phone.heard());
    expect(idsOf(sightings())).toEqual(['phone']);
    expect(visits.length).toBe(before + 1);
  });

  it('is not visited again at once when a visit fails, but after a wait that doubles up to its longest', async () => {
    const phone = createOther('phone');
    const { hear, visits, clock, lines } = createBleFixture();
    hear(phone.heard());
    for (let failures = 0; failures < 8; failures += 1) {
      visits.at(-1)?.fail();
      await turns();
      const waitMs = Math.min(VISIT_RETRY_FIRST_MS * 2 ** failures, VISIT_RETRY_LONGEST_MS);
      clock.increment(waitMs - 1);
      hear(phone.heard());
      expect(visits.length).toBe(failures + 1);
      clock.increment(1);
      hear(phone.heard());
      expect(visits.length).toBe(failures + 2);
    }
    expect(lines).toEqual([expect.stringContaining('address of phone')]);
  });

  it('is given up when the visit takes too long, so that others have their turn', async () => {
    const { hear, visits, clock } = createBleFixture();
    hear(createOther('phone').heard());
    hear(createOther('tablet').heard());
    expect(visits.length).toBe(1);
    clock.increment(VISIT_TIMEOUT_MS);
    await turns();
    hear(createOther('tablet').heard());
    expect(visits.map(({ address }) => address)).toEqual(['address of phone', 'address of tablet']);
  });

  it.each([
    ['of another account', () => createOther('phone', { accountTag: OTHER_ACCOUNT }).card()],
    ['of another device', () => createOther('tablet').card()],
    ['that is none', () => new Uint8Array(40)],
  ])('is not in range when it shows a card %s', async (_, card) => {
    const { hear, visits, sightings, lines } = createBleFixture();
    hear(createOther('phone').heard());
    visits[0]?.succeed(card());
    await turns();
    expect(sightings()).toEqual([]);
    expect(lines).toHaveLength(1);
  });

  it('is known by whom it asks for a link', async () => {
    const phone = createOther('phone');
    const { meet, hear, sightings } = createBleFixture();
    await meet(phone);
    hear(phone.heard({ target: createOther('tablet').own }));
    expect(sightings()[0]?.wantsLink).toBeUndefined();
    hear(phone.heard({ target: here }));
    expect(sightings()[0]?.wantsLink).toBe(true);
    hear(phone.heard());
    expect(sightings()[0]?.wantsLink).toBeUndefined();
  });

  it('is not visited, but left to be dialled, while it asks for a link', async () => {
    const phone = createOther('phone');
    const { meet, hear, visits, clock } = createBleFixture();
    await meet(phone);
    clock.increment(VISIT_RETRY_FIRST_MS);
    hear(phone.heard({ target: here }));
    expect(visits).toHaveLength(1);
  });

  it('is never this device itself', () => {
    const { hear, visits, sightings } = createBleFixture();
    hear(createOther('here').heard());
    expect([visits.length, sightings()]).toEqual([0, []]);
  });

  it('cannot be crowded out by whoever replays its hint from many addresses', async () => {
    const phone = createOther('phone');
    const { meet, hear, sightings, visits } = createBleFixture();
    await meet(phone);
    for (let number = 0; number < 5 * MAX_ADDRESSES_PER_TAG; number += 1) {
      hear(phone.heard({ address: `replay ${number}` }));
      visits.at(-1)?.fail();
      await turns(1);
    }
    hear(phone.heard({ rssi: -61 }));
    expect(idsOf(sightings())).toEqual(['phone']);
    expect(visits.filter(({ address }) => address === 'address of phone')).toHaveLength(1);
  });
});

describe('a peripheral', () => {
  it('knows a central by the card that it left, until that is old', () => {
    const { leaveCard, clock, sightings } = createBleFixture({ hasCentral: false, hasPeripheral: true });
    leaveCard(createOther('hub').card());
    expect(sightings()).toEqual([{ ...presenceOf('hub'), lastSeenMs: 0 }]);
    clock.increment(CARD_LASTS_MS - 1);
    expect(idsOf(sightings())).toEqual(['hub']);
    leaveCard(createOther('hub').card());
    clock.increment(CARD_LASTS_MS - 1);
    expect(idsOf(sightings())).toEqual(['hub']);
    clock.increment(1);
    expect(sightings()).toEqual([]);
  });

  it.each([
    ['its own card', () => createOther('here').card()],
    ['the card of another account', () => createOther('hub', { accountTag: OTHER_ACCOUNT }).card()],
    ['what is no card', () => Uint8Array.of(1, 2, 3)],
  ])('takes no notice of %s', (_, card) => {
    const { leaveCard, sightings } = createBleFixture({ hasCentral: false, hasPeripheral: true });
    leaveCard(card());
    expect(sightings()).toEqual([]);
  });
});

describe('a radio that is switched off', () => {
  it.each(['poweredOff', 'unsupported', 'unauthorized'] as const)('has nobody in range: %s', async (state) => {
    const { meet, leaveCard, setState, sightings } = createBleFixture({ hasPeripheral: true });
    await meet(createOther('phone'));
    leaveCard(createOther('hub').card());
    setState(state);
    expect(sightings()).toEqual([]);
  });

  it('keeps who is in range while it is only started again, and visits them afterwards', async () => {
    const phone = createOther('phone');
    const { meet, hear, setState, clock, sightings, visits } = createBleFixture();
    const heard = phone.heard();
    await meet({ ...phone, heard: () => heard });
    setState('resetting');
    expect(idsOf(sightings())).toEqual(['phone']);
    setState('poweredOn');
    clock.increment(VISIT_RETRY_FIRST_MS);
    hear(heard);
    expect(visits.length).toBe(2);
  });
});

describe('closing', () => {
  it('ends the visit under way, the list and every subscription', async () => {
    const { hear, visits, transport, isObserved } = createBleFixture();
    let isComplete = false;
    transport.sightings$.subscribe({ complete: () => (isComplete = true) });
    hear(createOther('phone').heard());
    await transport.close();
    expect([visits[0]?.signal.aborted, isComplete, isObserved()]).toEqual([true, true, false]);
  });
});
