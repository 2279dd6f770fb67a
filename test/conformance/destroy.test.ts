import { describe, expect, it } from 'vitest';
import { connectedPair, createSession, createStage, registerApp, registerAskedApp } from './fixture.js';
import { outcomeOf } from './outcome.js';
import { turns } from './time.js';

describe('destroyAbilityConnectionSession', () => {
  it('forgets the session', async () => {
    const { kitchen, phone } = await createStage();
    const app = registerApp(kitchen);
    const manager = app.abilityConnectionManager;
    const sessionId = createSession(app, phone);
    manager.destroyAbilityConnectionSession(sessionId);
    expect(await outcomeOf(() => manager.disconnect(sessionId))).toBe('throws 401 sessionNotFound');
    expect(kitchen.broker.listSessions()).toEqual([]);
  });

  it('cannot be done twice', async () => {
    const { kitchen, phone } = await createStage();
    const app = registerApp(kitchen);
    const manager = app.abilityConnectionManager;
    const sessionId = createSession(app, phone);
    const destroy = () => outcomeOf(() => manager.destroyAbilityConnectionSession(sessionId));
    expect([await destroy(), await destroy()]).toEqual(['returns undefined', 'throws 401 sessionNotFound']);
  });

  it('disconnects first: the peer is told that the app closed the collaboration', async () => {
    const { kitchen, phone } = await connectedPair(await createStage());
    kitchen.manager.destroyAbilityConnectionSession(kitchen.sessionId);
    expect(await phone.heard.disconnect.next()).toEqual({ sessionId: phone.sessionId, reason: 0 });
  });

  it('tells its own caller nothing', async () => {
    const { kitchen, phone } = await connectedPair(await createStage());
    kitchen.manager.destroyAbilityConnectionSession(kitchen.sessionId);
    await phone.heard.disconnect.next();
    await turns();
    expect(kitchen.heard.disconnect.all).toEqual([]);
  });

  it('leaves the session of the peer in place, so that it may connect anew', async () => {
    const { kitchen, phone } = await connectedPair(await createStage());
    kitchen.manager.destroyAbilityConnectionSession(kitchen.sessionId);
    await phone.heard.disconnect.next();
    expect(phone.manager.getPeerInfoById(phone.sessionId)?.deviceId).toBe('kitchen');
  });

  it('while connecting settles connect with {false, 5}', async () => {
    const { kitchen, phone } = await createStage();
    const asked = registerAskedApp(phone);
    const app = registerApp(kitchen);
    const sessionId = createSession(app, phone);
    const connecting = app.abilityConnectionManager.connect(sessionId);
    await asked.offers.next();
    app.abilityConnectionManager.destroyAbilityConnectionSession(sessionId);
    await expect(connecting).resolves.toMatchObject({ isConnected: false, errorCode: 5 });
  });

  it('rejects what was sent and not yet acknowledged', async () => {
    const stage = await createStage();
    const { kitchen } = await connectedPair(stage);
    stage.air.partition('kitchen', 'phone');
    const sending = kitchen.manager.sendMessage(kitchen.sessionId, 'never arrives');
    kitchen.manager.destroyAbilityConnectionSession(kitchen.sessionId);
    await expect(sending).rejects.toMatchObject({ name: 'BrokerError', code: 401, kind: 'sessionEnded' });
  });

  it('leaves other sessions of the app alone', async () => {
    const stage = await createStage();
    const { kitchen, phone } = await connectedPair(stage);
    const other = createSession(kitchen.app, stage.phone, { serviceName: 'other' });
    kitchen.manager.destroyAbilityConnectionSession(other);
    await kitchen.manager.sendMessage(kitchen.sessionId, 'still here');
    expect(phone.heard.receiveMessage.all).toMatchObject([{ msg: 'still here' }]);
  });

  it("cannot destroy another app's session", async () => {
    const stage = await createStage();
    const { kitchen } = await connectedPair(stage);
    const stranger = registerApp(stage.kitchen, { abilityName: 'OtherAbility' });
    const destroy = () => stranger.abilityConnectionManager.destroyAbilityConnectionSession(kitchen.sessionId);
    expect(await outcomeOf(destroy)).toBe('throws 401 sessionNotFound');
  });
});
