import { describe, expect, it } from 'vitest';
import { connectedPair, createStage } from '../conformance/fixture.js';

describe('disconnect', () => {
  it('acknowledges what arrived before, so that its sender does not take it for lost', async () => {
    const { kitchen, phone } = await connectedPair(await createStage());
    kitchen.manager.on('receiveMessage', kitchen.sessionId, () => kitchen.manager.disconnect(kitchen.sessionId));

    const sending = phone.manager.sendMessage(phone.sessionId, 'the last word');

    await expect(sending).resolves.toBeUndefined();
    expect(await phone.heard.disconnect.next()).toMatchObject({ reason: 0 });
  });
});
