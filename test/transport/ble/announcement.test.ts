import { describe, expect, it } from 'vitest';
import { HINT_ROTATE_MS } from '../../../src/protocol/limits.js';
import { openHint } from '../../../src/transport/ble/discovery/hint.js';
import { openCard } from '../../../src/transport/ble/discovery/identity-card.js';
import { hex, presenceOf } from '../../../src/transport/contract/stage.js';
import { createOther } from '../../support/hand-radio.js';
import { createBleFixture, here } from './ble-fixture.js';

describe('announce', () => {
  it('advertises a hint and a card of the account', () => {
    const { advertised } = createBleFixture({ hasCentral: false, hasPeripheral: true });
    expect(advertised).toHaveLength(1);
    const [{ hint, card } = { hint: new Uint8Array(0), card: new Uint8Array(0) }] = advertised;
    expect(openHint(here.hintKey, hint)).toEqual({ deviceTag: here.deviceTag, targetTag: undefined });
    expect(openCard(here.cardKey, card)).toEqual(here.identity);
  });

  it('shows other bytes every quarter of an hour', () => {
    const { advertised, clock } = createBleFixture({ hasCentral: false, hasPeripheral: true });
    clock.increment(HINT_ROTATE_MS);
    clock.increment(HINT_ROTATE_MS);
    expect(advertised).toHaveLength(3);
    expect(new Set(advertised.map(({ hint }) => hex(hint))).size).toBe(3);
    expect(new Set(advertised.map(({ card }) => hex(card))).size).toBe(3);
  });

  it('shows what was announced last', () => {
    const { transport, advertised } = createBleFixture({ hasCentral: false, hasPeripheral: true });
    transport.announce({ ...presenceOf('here'), deviceName: 'renamed' });
    const card = advertised.at(-1)?.card ?? new Uint8Array(0);
    expect(openCard(here.cardKey, card)?.deviceName).toBe('renamed');
  });

  it('forgets everybody when the account changes', async () => {
    const { transport, meet, sightings } = createBleFixture();
    await meet(createOther('phone'));
    transport.announce({ ...presenceOf('here'), accountTag: 'ee'.repeat(32) });
    expect(sightings()).toEqual([]);
  });

  it('advertises nothing without a peripheral half, and nothing after the end', async () => {
    const central = createBleFixture();
    expect(central.advertised).toEqual([]);
    const { transport, advertised, clock } = createBleFixture({ hasPeripheral: true });
    await transport.close();
    clock.increment(HINT_ROTATE_MS);
    transport.announce(presenceOf('here'));
    expect(advertised).toHaveLength(1);
  });

  it('refuses an id that no card has room for', () => {
    const { transport } = createBleFixture({ hasPeripheral: true });
    expect(() => transport.announce({ ...presenceOf('here'), deviceId: 'i'.repeat(129) })).toThrow(RangeError);
  });
});
