import { describe, expect, it } from 'vitest';
import { connectBetween, registerApp, registerAskedApp } from '../conformance/fixture.js';
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
