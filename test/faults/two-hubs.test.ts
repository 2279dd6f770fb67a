import { describe, expect, it } from 'vitest';
import { connectBetween, createSession, registerApp, registerAskedApp } from '../conformance/fixture.js';
import { createVirtualStage, pass, startHub, untilInRange } from './stage.js';

/** Kitchen and cellar are hubs; the phone has one link. The kitchen has just talked with the phone, which still holds that link. */
async function justTalked() {
  const stage = await createVirtualStage();
  const cellar = await pass(stage, startHub(stage, 'cellar'));
  await pass(stage, Promise.all([untilInRange(cellar, stage.phone), untilInRange(stage.phone, cellar)]));
  const asked = registerAskedApp(stage.phone);
  const pair = await pass(stage, connectBetween(stage, registerApp(stage.kitchen), asked));
  pair.kitchen.manager.destroyAbilityConnectionSession(pair.kitchen.sessionId);
  await pass(stage, pair.phone.heard.disconnect.next());
  return { stage, cellar, asked };
}

describe('a device with one link, and two hubs', () => {
  it('is reached by the second hub soon after its last session with the first', async () => {
    const { stage, cellar, asked } = await justTalked();
    const pair = await pass(stage, connectBetween({ ...stage, kitchen: cellar }, registerApp(cellar), asked));
    await pass(stage, pair.kitchen.manager.sendMessage(pair.kitchen.sessionId, 'from below'));
    expect((await pair.phone.heard.receiveMessage.next()).msg).toBe('from below');
  });

  it('reaches the second hub itself', async () => {
    const { stage, cellar, asked } = await justTalked();
    const answering = registerAskedApp(cellar);
    const pair = await pass(stage, connectBetween({ kitchen: stage.phone, phone: cellar }, asked.app, answering));
    await pass(stage, pair.kitchen.manager.sendMessage(pair.kitchen.sessionId, 'from above'));
    expect((await pair.phone.heard.receiveMessage.next()).msg).toBe('from above');
  });
});

describe('a device with one link that talks with one hub', () => {
  it('is said to have fallen silent when another hub asks for it', async () => {
    const stage = await createVirtualStage();
    const cellar = await pass(stage, startHub(stage, 'cellar'));
    await pass(stage, Promise.all([untilInRange(cellar, stage.phone), untilInRange(stage.phone, cellar)]));
    await pass(stage, connectBetween(stage, registerApp(stage.kitchen), registerAskedApp(stage.phone)));
    const caller = registerApp(cellar);
    const sessionId = createSession(caller, stage.phone);
    const result = await pass(stage, caller.abilityConnectionManager.connect(sessionId));
    expect(result.reason).toBe(
      'no answer within the connect timeout: phone fell silent; it may be connected with another device',
    );
    expect(cellar.broker.traceSession(sessionId)?.diagnosis).toMatch(
      /^phone fell silent, it was last heard \d+ s ago at -?\d+ dBm\. It went out of range, or serves another device/,
    );
  });
});
