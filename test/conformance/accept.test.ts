import { describe, expect, it } from 'vitest';
import { acceptOffer, connectedPair, createOffer, createSession, createStage, listen, registerApp } from './fixture.js';
import { fateOf, outcomeOf } from './outcome.js';
import { advance, advanceUntil, turns } from './time.js';

describe('acceptConnect', () => {
  it('resolves with no value once the two sessions are connected', async () => {
    const { asked, offer, connecting } = await createOffer();
    await expect(acceptOffer(asked, offer).accepted).resolves.toBeUndefined();
    await expect(connecting).resolves.toMatchObject({ isConnected: true });
  });

  it('lets both sides send at once', async () => {
    const { phone, kitchen } = await connectedPair(await createStage());
    await Promise.all([
      phone.manager.sendMessage(phone.sessionId, 'from the phone'),
      kitchen.manager.sendMessage(kitchen.sessionId, 'from the kitchen'),
    ]);
    expect(kitchen.heard.receiveMessage.all).toMatchObject([{ msg: 'from the phone' }]);
    expect(phone.heard.receiveMessage.all).toMatchObject([{ msg: 'from the kitchen' }]);
  });

  it('fires connect on the accepting side, once', async () => {
    const { phone } = await connectedPair(await createStage());
    await turns();
    expect(phone.heard.connect.all).toEqual([{ sessionId: phone.sessionId }]);
  });

  it('may be called after onCollaborate has returned', async () => {
    const { stage, asked, offer, connecting } = await createOffer();
    await advance(stage.clock, 5_000);
    await expect(acceptOffer(asked, offer).accepted).resolves.toBeUndefined();
    await expect(connecting).resolves.toMatchObject({ isConnected: true });
  });

  it('rejects with 401 when it comes after the ten seconds', async () => {
    const { stage, asked, offer, connecting } = await createOffer();
    await advanceUntil(stage.clock, connecting);
    await turns();
    expect(await outcomeOf(() => acceptOffer(asked, offer).accepted)).toMatch(/^rejects 401/);
  });

  it('rejects with 401 when the caller gave up', async () => {
    const { asked, offer, calling, connecting } = await createOffer();
    calling.manager.disconnect(calling.sessionId);
    await connecting;
    await turns();
    expect(await outcomeOf(() => acceptOffer(asked, offer).accepted)).toMatch(/^rejects 401/);
  });

  it('rejects with 401 on a token that nobody was given', async () => {
    const { stage, asked, manager } = await createOffer();
    const sessionId = createSession(asked.app, stage.kitchen);
    expect(await outcomeOf(() => manager.acceptConnect(sessionId, 'f'.repeat(32)))).toMatch(/^rejects 401/);
  });

  it('leaves the session usable after a wrong token', async () => {
    const { stage, asked, manager, offer, connecting } = await createOffer();
    const sessionId = createSession(asked.app, stage.kitchen);
    await outcomeOf(() => manager.acceptConnect(sessionId, 'f'.repeat(32)));
    await expect(manager.acceptConnect(sessionId, offer.token)).resolves.toBeUndefined();
    await expect(connecting).resolves.toMatchObject({ isConnected: true });
  });

  it('takes a token only once', async () => {
    const { stage, asked, manager, offer } = await createOffer();
    await acceptOffer(asked, offer).accepted;
    const second = createSession(asked.app, stage.kitchen);
    expect(await outcomeOf(() => manager.acceptConnect(second, offer.token))).toMatch(/^rejects 401/);
  });

  it('rejects with 401 after the token was rejected', async () => {
    const { asked, manager, offer, connecting } = await createOffer();
    manager.reject(offer.token, 'no');
    await connecting;
    expect(await outcomeOf(() => acceptOffer(asked, offer).accepted)).toMatch(/^rejects 401/);
  });

  it('rejects with 401 for an app other than the one asked', async () => {
    const { stage, offer } = await createOffer();
    const stranger = registerApp(stage.phone, { abilityName: 'OtherAbility' });
    const sessionId = createSession(stranger, stage.kitchen);
    const accept = () => stranger.abilityConnectionManager.acceptConnect(sessionId, offer.token);
    expect(await outcomeOf(accept)).toMatch(/^rejects 401/);
  });

  it('on a session that is busy rejects with 401, and the caller learns at once that one exists', async () => {
    const { stage, asked, manager, offer, connecting } = await createOffer();
    const sessionId = createSession(asked.app, stage.kitchen);
    void manager.connect(sessionId);
    expect(await outcomeOf(() => manager.acceptConnect(sessionId, offer.token))).toMatch(/^rejects 401/);
    expect(await connecting).toMatchObject({ isConnected: false, errorCode: 0 });
  });

  it('rejects with 401 on a session with another peer than the one who asks', async () => {
    const { stage, asked, manager, offer } = await createOffer();
    const sessionId = createSession(asked.app, stage.kitchen, { peer: { abilityName: 'OtherAbility' } });
    expect(await outcomeOf(() => manager.acceptConnect(sessionId, offer.token))).toMatch(/^rejects 401/);
  });

  it('rejects with 401 on a session of another service: the name must be the same on both ends', async () => {
    const { stage, asked, manager, offer } = await createOffer();
    const sessionId = createSession(asked.app, stage.kitchen, { serviceName: 'anotherService' });
    expect(await outcomeOf(() => manager.acceptConnect(sessionId, offer.token))).toMatch(/^rejects 401/);
  });

  it('rejects with 401, and the caller gets its answer, when the link does not last until the caller knows', async () => {
    const { stage, asked, offer, connecting } = await createOffer();
    stage.air.partition('kitchen', 'phone');
    const { accepted, sessionId } = acceptOffer(asked, offer);
    const end = listen(stage.phone, asked.app, sessionId);
    const outcome = fateOf(accepted);
    await expect(advanceUntil(stage.clock, connecting)).resolves.toMatchObject({ isConnected: false, errorCode: 5 });
    await advance(stage.clock, 1_000);
    expect(await outcome).toBe('rejected');
    expect(end.heard.connect.all).toEqual([]);
  });
});
