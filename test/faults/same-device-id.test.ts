import { describe, expect, it } from 'vitest';
import { ConnectErrorCode } from '../../src/protocol/codes.js';
import { LINK_LINGER_MS } from '../../src/protocol/limits.js';
import { acceptOffer, connectBetween, createSession, registerApp, registerAskedApp } from '../conformance/fixture.js';
import { createVirtualStage, pass, passPackets, passTime, sessionStates, startPeripheral } from './stage.js';
import { expectAllOnce, expectNoDisconnect, settle, startTraffic } from './traffic.js';

/** The kitchen has met the phone and pinned its key; then another device with the same account and the same id comes into range. */
async function createScene() {
  const stage = await createVirtualStage();
  const apps = { caller: registerApp(stage.kitchen), asked: registerAskedApp(stage.phone) };
  const pair = await pass(stage, connectBetween(stage, apps.caller, apps.asked));
  const impostor = await startPeripheral(stage, 'impostor', { deviceId: 'phone' });
  registerAskedApp(impostor);
  return { stage, apps, pair, impostor };
}

describe('two devices with the same device id', () => {
  it('and the pinned one linked: its session does not notice the other one', async () => {
    const { stage, pair } = await createScene();
    const states = sessionStates(stage);
    const traffic = startTraffic(pair);
    await passTime(stage, 5_000);
    await pass(stage, settle(traffic));
    expectAllOnce(traffic);
    expect(states).toEqual({ kitchen: [], phone: [] });
  });

  it('and only the other one in range: connect says that its key is another one', async () => {
    const { stage, apps } = await createScene();
    stage.air.partition(stage.kitchen.adapter, stage.phone.adapter);
    await passTime(stage, 3_000);
    const session = createSession(apps.caller, stage.phone, { serviceName: 'another' });
    const result = await pass(stage, apps.caller.abilityConnectionManager.connect(session));
    expect(result).toEqual({
      isConnected: false,
      errorCode: ConnectErrorCode.SYSTEM_INTERNAL_ERROR,
      reason: 'the peer has another key than before',
    });
  });

  it('and the pinned one back in range: its session goes on, nothing lost and nothing doubled', async () => {
    const { stage, pair } = await createScene();
    const states = sessionStates(stage);
    const traffic = startTraffic(pair);
    await passPackets(stage, 300);
    stage.air.partition(stage.kitchen.adapter, stage.phone.adapter);
    await passTime(stage, 10_000);
    expect(states.phone).toEqual(['suspended']);
    stage.air.heal(stage.kitchen.adapter, stage.phone.adapter);
    await pass(stage, settle(traffic));
    expectAllOnce(traffic);
    expectNoDisconnect(pair);
  });

  it('and both to be heard: connect reaches the pinned one', async () => {
    const { stage, apps, pair } = await createScene();
    pair.kitchen.manager.disconnect(pair.kitchen.sessionId);
    for (const serviceName of ['a', 'b', 'c', 'd']) {
      await passTime(stage, 2 * LINK_LINGER_MS);
      const sessionId = createSession(apps.caller, stage.phone, { serviceName });
      const connecting = apps.caller.abilityConnectionManager.connect(sessionId);
      const answering = apps.asked.offers.next().then((offer) => acceptOffer(apps.asked, offer).accepted);
      const result = await pass(stage, connecting);
      expect(result).toEqual({ isConnected: true, reason: '' });
      await pass(stage, answering);
      apps.caller.abilityConnectionManager.disconnect(sessionId);
    }
  });
});
