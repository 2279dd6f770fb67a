import { describe, expect, it } from 'vitest';
import { MAX_REASON_BYTES } from '../../src/protocol/limits.js';
import { acceptOffer, createOffer, registerApp } from './fixture.js';
import { outcomeOf } from './outcome.js';
import { turns } from './time.js';

describe('reject', () => {
  it('gives the reason to the caller: {false, 1, reason}', async () => {
    const { manager, offer, connecting } = await createOffer();
    manager.reject(offer.token, 'test');
    expect(await connecting).toEqual({ isConnected: false, errorCode: 1, reason: 'test' });
  });

  it('takes effect at once with an empty reason, too', async () => {
    const { manager, offer, connecting } = await createOffer();
    manager.reject(offer.token, '');
    expect(await connecting).toEqual({ isConnected: false, errorCode: 1, reason: '' });
  });

  it('carries any text, whole', async () => {
    const { manager, offer, connecting } = await createOffer();
    const reason = 'nicht jetzt, спасибо 🙅 \u0000 "quoted"';
    manager.reject(offer.token, reason);
    expect((await connecting).reason).toBe(reason);
  });

  it('carries a reason of the longest size', async () => {
    const { manager, offer, connecting } = await createOffer();
    const reason = 'r'.repeat(MAX_REASON_BYTES);
    manager.reject(offer.token, reason);
    expect((await connecting).reason).toBe(reason);
  });

  it('throws 401 on a reason of more than 1,024 bytes, and the request still waits', async () => {
    const { manager, offer, connecting } = await createOffer();
    for (const reason of ['r'.repeat(1_025), '€'.repeat(342)]) {
      expect(await outcomeOf(() => manager.reject(offer.token, reason))).toBe('throws 401 invalidParameter');
    }
    manager.reject(offer.token, '🙂'.repeat(256));
    expect((await connecting).reason).toBe('🙂'.repeat(256));
  });

  it('returns nothing', async () => {
    const { manager, offer } = await createOffer();
    expect(await outcomeOf(() => manager.reject(offer.token, 'test'))).toBe('returns undefined');
  });

  it('throws 401 on a token that nobody was given', async () => {
    const { manager } = await createOffer();
    expect(await outcomeOf(() => manager.reject('f'.repeat(32), 'test'))).toBe('throws 401 tokenNotFound');
  });

  it('throws 401 the second time', async () => {
    const { manager, offer } = await createOffer();
    manager.reject(offer.token, 'test');
    expect(await outcomeOf(() => manager.reject(offer.token, 'test'))).toBe('throws 401 tokenNotFound');
  });

  it('throws 401 after the accept, and does the session no harm', async () => {
    const { asked, calling, manager, offer, connecting } = await createOffer();
    await acceptOffer(asked, offer).accepted;
    await connecting;
    expect(await outcomeOf(() => manager.reject(offer.token, 'too late'))).toBe('throws 401 tokenNotFound');
    await expect(calling.manager.sendMessage(calling.sessionId, 'still here')).resolves.toBeUndefined();
  });

  it('throws 401 after the caller gave up', async () => {
    const { calling, manager, offer, connecting } = await createOffer();
    calling.manager.disconnect(calling.sessionId);
    await connecting;
    await turns();
    expect(await outcomeOf(() => manager.reject(offer.token, 'too late'))).toBe('throws 401 tokenNotFound');
  });

  it('throws 401 for an app other than the one asked', async () => {
    const { stage, offer, connecting, manager } = await createOffer();
    const stranger = registerApp(stage.phone, { abilityName: 'OtherAbility' }).abilityConnectionManager;
    expect(await outcomeOf(() => stranger.reject(offer.token, 'not mine'))).toBe('throws 401 tokenNotFound');
    manager.reject(offer.token, 'mine');
    expect((await connecting).reason).toBe('mine');
  });

  it('leaves the caller free to connect again', async () => {
    const { asked, calling, manager, offer, connecting } = await createOffer();
    manager.reject(offer.token, 'not now');
    await connecting;
    const again = calling.manager.connect(calling.sessionId);
    acceptOffer(asked, await asked.offers.next());
    expect(await again).toMatchObject({ isConnected: true });
  });
});
