import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { EventListener } from '../../src/broker/interface.js';
import { connectBetween, connectedPair, createStage, registerApp, registerAskedApp } from './fixture.js';
import { turns } from './time.js';

describe('listeners', () => {
  it('count as often as they were added, and off takes one registration away', async () => {
    const pair = await connectedPair(await createStage());
    const { manager, sessionId } = pair.phone;
    const listener = vi.fn<EventListener>();
    manager.on('receiveMessage', sessionId, listener);
    manager.on('receiveMessage', sessionId, listener);
    manager.off('receiveMessage', sessionId, listener);
    await pair.kitchen.manager.sendMessage(pair.kitchen.sessionId, 'x');
    await turns();
    expect(listener).toHaveBeenCalledTimes(1);
  });

  it('stay through a disconnect, for the next connect', async () => {
    const stage = await createStage();
    const asked = registerAskedApp(stage.phone);
    const { kitchen, phone } = await connectBetween(stage, registerApp(stage.kitchen), asked);
    kitchen.manager.disconnect(kitchen.sessionId);
    await phone.heard.disconnect.next();
    const connecting = kitchen.manager.connect(kitchen.sessionId);
    await phone.manager.acceptConnect(phone.sessionId, (await asked.offers.next()).token);
    await connecting;
    await kitchen.manager.sendMessage(kitchen.sessionId, 'again');
    expect(phone.heard.receiveMessage.all).toMatchObject([{ msg: 'again' }]);
  });

  it('that throw disturb neither the others nor the sender; the error surfaces as an uncaught exception', async () => {
    const pair = await connectedPair(await createStage());
    const { manager, sessionId } = pair.phone;
    const uncaught = nextUncaughtException();
    const other = vi.fn<EventListener>();
    manager.on('receiveMessage', sessionId, () => {
      throw new Error('a bug of the app');
    });
    manager.on('receiveMessage', sessionId, other);
    await expect(pair.kitchen.manager.sendMessage(pair.kitchen.sessionId, 'x')).resolves.toBeUndefined();
    expect(other).toHaveBeenCalledTimes(1);
    expect(await uncaught).toMatchObject({ message: 'a bug of the app' });
  });
});

/** Takes the place of the test runner's own handler until the test ends. */
function nextUncaughtException(): Promise<unknown> {
  const usual = process.listeners('uncaughtException');
  process.removeAllListeners('uncaughtException');
  onTestFinished(() => {
    process.removeAllListeners('uncaughtException');
    for (const listener of usual) process.on('uncaughtException', listener);
  });
  return new Promise((resolve) => process.once('uncaughtException', resolve));
}
