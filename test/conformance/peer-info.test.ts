import { describe, expect, it } from 'vitest';
import { APP, connectedPair, createSession, createStage, registerApp, SERVICE } from './fixture.js';

describe('getPeerInfoById', () => {
  it('returns the peer given to create, with the service name filled in', async () => {
    const { kitchen, phone } = await createStage();
    const app = registerApp(kitchen);
    const sessionId = createSession(app, phone);
    expect(app.abilityConnectionManager.getPeerInfoById(sessionId)).toEqual({
      deviceId: 'phone',
      ...APP,
      serviceName: SERVICE,
    });
  });

  it.each(['', SERVICE])('with peerInfo.serviceName %j returns the argument, which it must equal', async (own) => {
    const { kitchen, phone } = await createStage();
    const app = registerApp(kitchen);
    const sessionId = createSession(app, phone, { peer: { serviceName: own } });
    expect(app.abilityConnectionManager.getPeerInfoById(sessionId)?.serviceName).toBe(SERVICE);
  });

  it('returns undefined for a session that never was', async () => {
    const { kitchen } = await createStage();
    expect(registerApp(kitchen).abilityConnectionManager.getPeerInfoById(100)).toBeUndefined();
  });

  it('returns undefined for a session that was destroyed', async () => {
    const { kitchen, phone } = await createStage();
    const app = registerApp(kitchen);
    const sessionId = createSession(app, phone);
    app.abilityConnectionManager.destroyAbilityConnectionSession(sessionId);
    expect(app.abilityConnectionManager.getPeerInfoById(sessionId)).toBeUndefined();
  });

  it("returns undefined for another app's session", async () => {
    const { kitchen, phone } = await createStage();
    const sessionId = createSession(registerApp(kitchen), phone);
    const stranger = registerApp(kitchen, { abilityName: 'OtherAbility' });
    expect(stranger.abilityConnectionManager.getPeerInfoById(sessionId)).toBeUndefined();
  });

  it('describes the caller to the app that accepted', async () => {
    const pair = await connectedPair(await createStage());
    const { manager, sessionId } = pair.phone;
    expect(manager.getPeerInfoById(sessionId)).toEqual({ deviceId: 'kitchen', ...APP, serviceName: SERVICE });
  });

  it('returns a value of its own: changing it changes no session', async () => {
    const { kitchen, phone } = await createStage();
    const app = registerApp(kitchen);
    const manager = app.abilityConnectionManager;
    const sessionId = createSession(app, phone);
    const first = manager.getPeerInfoById(sessionId);
    try {
      Object.assign(first ?? {}, { bundleName: 'changed.afterwards' });
    } catch {
      // A frozen answer is as good as a copy.
    }
    expect(manager.getPeerInfoById(sessionId)?.bundleName).toBe(APP.bundleName);
  });

  it('truncates a fractional ID', async () => {
    const { kitchen, phone } = await createStage();
    const app = registerApp(kitchen);
    const sessionId = createSession(app, phone);
    expect(app.abilityConnectionManager.getPeerInfoById(sessionId + 0.9)?.deviceId).toBe('phone');
  });
});
