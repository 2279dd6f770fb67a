import { describe, expect, it } from 'vitest';
import { acceptOffer, connectedPair, createSession, createStage, registerApp, registerAskedApp } from './fixture.js';
import { outcomeOf } from './outcome.js';
import { advance, advanceUntil, turns } from './time.js';

describe('disconnect', () => {
  it('ends the session: the peer gets disconnect with the reason 0, once', async () => {
    const stage = await createStage();
    const { kitchen, phone } = await connectedPair(stage);
    kitchen.manager.disconnect(kitchen.sessionId);
    await phone.heard.disconnect.next();
    await advance(stage.clock, 60_000);
    expect(phone.heard.disconnect.all).toEqual([{ sessionId: phone.sessionId, reason: 0 }]);
  });

  it('works from the accepting side just as well', async () => {
    const { kitchen, phone } = await connectedPair(await createStage());
    phone.manager.disconnect(phone.sessionId);
    expect(await kitchen.heard.disconnect.next()).toEqual({ sessionId: kitchen.sessionId, reason: 0 });
  });

  it('tells its own caller nothing', async () => {
    const stage = await createStage();
    const { kitchen, phone } = await connectedPair(stage);
    kitchen.manager.disconnect(kitchen.sessionId);
    await phone.heard.disconnect.next();
    await advance(stage.clock, 60_000);
    expect(kitchen.heard.disconnect.all).toEqual([]);
  });

  it('called by both at once is heard by at most one event each, and nothing lasts', async () => {
    const stage = await createStage();
    const { kitchen, phone } = await connectedPair(stage);
    kitchen.manager.disconnect(kitchen.sessionId);
    phone.manager.disconnect(phone.sessionId);
    await advance(stage.clock, 60_000);
    expect([kitchen.heard.disconnect.all, phone.heard.disconnect.all]).toEqual([[], []]);
  });

  it('keeps the session ID valid', async () => {
    const { kitchen } = await connectedPair(await createStage());
    kitchen.manager.disconnect(kitchen.sessionId);
    expect(kitchen.manager.getPeerInfoById(kitchen.sessionId)?.deviceId).toBe('phone');
  });

  it('may be repeated without effect', async () => {
    const { kitchen, phone } = await connectedPair(await createStage());
    kitchen.manager.disconnect(kitchen.sessionId);
    expect(await outcomeOf(() => kitchen.manager.disconnect(kitchen.sessionId))).toBe('returns undefined');
    await turns();
    expect(phone.heard.disconnect.all).toHaveLength(1);
  });

  it('while connecting settles connect with {false, 5}, and the peer cannot accept any more', async () => {
    const { kitchen, phone } = await createStage();
    const asked = registerAskedApp(phone);
    const app = registerApp(kitchen);
    const sessionId = createSession(app, phone);
    const connecting = app.abilityConnectionManager.connect(sessionId);
    const offer = await asked.offers.next();
    app.abilityConnectionManager.disconnect(sessionId);
    expect(await connecting).toMatchObject({ isConnected: false, errorCode: 5 });
    await turns();
    expect(await outcomeOf(() => acceptOffer(asked, offer).accepted)).toMatch(/^rejects 401/);
  });

  it('while accepting rejects acceptConnect with 401', async () => {
    const stage = await createStage();
    const asked = registerAskedApp(stage.phone);
    const app = registerApp(stage.kitchen);
    const connecting = app.abilityConnectionManager.connect(createSession(app, stage.phone));
    const offer = await asked.offers.next();
    stage.air.partition('kitchen', 'phone');
    const { sessionId, accepted } = acceptOffer(asked, offer);
    asked.app.abilityConnectionManager.disconnect(sessionId);
    await expect(accepted).rejects.toMatchObject({ code: 401, kind: 'acceptFailed' });
    expect(await advanceUntil(stage.clock, connecting)).toMatchObject({ isConnected: false });
  });

  it('makes sends reject with 401 on both sides afterwards', async () => {
    const { kitchen, phone } = await connectedPair(await createStage());
    kitchen.manager.disconnect(kitchen.sessionId);
    await phone.heard.disconnect.next();
    const sends = [kitchen, phone].map(({ manager, sessionId }) =>
      outcomeOf(() => manager.sendMessage(sessionId, 'x')),
    );
    expect(await Promise.all(sends)).toEqual(['rejects 401 sessionNotConnected', 'rejects 401 sessionNotConnected']);
  });

  it('delivers what was sent before it', async () => {
    const { kitchen, phone } = await connectedPair(await createStage());
    const sending = kitchen.manager.sendMessage(kitchen.sessionId, 'last words').catch(() => 'unknown to the sender');
    await turns();
    kitchen.manager.disconnect(kitchen.sessionId);
    await phone.heard.disconnect.next();
    expect(phone.heard.receiveMessage.all).toMatchObject([{ msg: 'last words' }]);
    await sending;
  });

  it('leaves other sessions between the same devices alone', async () => {
    const stage = await createStage();
    const first = await connectedPair(stage);
    const second = await connectedPair(stage, {
      registration: { abilityName: 'Other' },
      peer: { abilityName: 'Other' },
    });
    first.kitchen.manager.disconnect(first.kitchen.sessionId);
    await first.phone.heard.disconnect.next();
    await second.kitchen.manager.sendMessage(second.kitchen.sessionId, 'still here');
    expect(second.phone.heard.receiveMessage.all).toMatchObject([{ msg: 'still here' }]);
  });

  it('has the reason 1 when the app goes away without saying so', async () => {
    const { kitchen, phone } = await connectedPair(await createStage());
    kitchen.app.close();
    expect(await phone.heard.disconnect.next()).toEqual({ sessionId: phone.sessionId, reason: 1 });
  });
});
