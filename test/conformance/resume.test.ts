import { describe, expect, it } from 'vitest';
import {
  connectBetween,
  connectedPair,
  createStage,
  type Pair,
  registerApp,
  registerAskedApp,
  type Stage,
  startDevice,
} from './fixture.js';
import { isSame, patterned } from './patterned.js';
import { advance, advanceUntil } from './time.js';

/** Literal, because users notice it. */
const RESUME_WINDOW_MS = 30_000;
const TEXTS = Array.from({ length: 400 }, (_, index) => `message ${index}`);

function sendAll(pair: Pair): Promise<unknown> {
  const { manager, sessionId } = pair.kitchen;
  return Promise.all(TEXTS.map((text) => manager.sendMessage(sessionId, text)));
}

function away(stage: Stage): void {
  stage.air.partition('kitchen', 'phone');
  stage.air.cut('kitchen', 'phone');
}

/** Lets the microtasks of a while run, so that a transfer is somewhere in the middle. */
async function inTheMiddle(steps: number): Promise<void> {
  for (let step = 0; step < steps; step += 1) await Promise.resolve();
}

describe.each([true, false])('a session whose link comes back within the resume window (sealed: %s)', (isSealed) => {
  it.each([0, 1, 5, 25, 100, 400])('loses, doubles and reorders no message when cut after %i steps', async (steps) => {
    const stage = await createStage({ isSealed });
    const pair = await connectedPair(stage);
    const sending = sendAll(pair);
    await inTheMiddle(steps);
    away(stage);
    await advance(stage.clock, 3_000);
    stage.air.heal('kitchen', 'phone');
    await advanceUntil(stage.clock, sending);
    expect(pair.phone.heard.receiveMessage.all.map(({ msg }) => msg)).toEqual(TEXTS);
  });

  it.each([1, 20, 100, 300])('delivers data whole when cut after %i steps', async (steps) => {
    const stage = await createStage({ isSealed });
    const { kitchen, phone } = await connectedPair(stage);
    const data = patterned(700_000);
    const sending = kitchen.manager.sendData(kitchen.sessionId, data);
    await inTheMiddle(steps);
    away(stage);
    await advance(stage.clock, 3_000);
    stage.air.heal('kitchen', 'phone');
    await advanceUntil(stage.clock, sending);
    expect(phone.heard.receiveData.all.map((info) => isSame(info.data, data))).toEqual([true]);
  });

  it('survives many cuts in one transfer, in both directions', async () => {
    const stage = await createStage({ isSealed });
    const pair = await connectedPair(stage);
    const { phone } = pair;
    const sending = Promise.all([
      sendAll(pair),
      ...TEXTS.map((text) => phone.manager.sendMessage(phone.sessionId, text)),
    ]);
    for (let cut = 0; cut < 10; cut += 1) {
      await inTheMiddle(cut * 7);
      stage.air.cut('kitchen', 'phone');
      await advance(stage.clock, 500);
    }
    await advanceUntil(stage.clock, sending);
    expect(pair.phone.heard.receiveMessage.all.map(({ msg }) => msg)).toEqual(TEXTS);
    expect(pair.kitchen.heard.receiveMessage.all.map(({ msg }) => msg)).toEqual(TEXTS);
  });

  it('tells the apps nothing of it', async () => {
    const stage = await createStage({ isSealed });
    const { kitchen, phone } = await connectedPair(stage);
    away(stage);
    await advance(stage.clock, RESUME_WINDOW_MS - 10_000);
    stage.air.heal('kitchen', 'phone');
    await advance(stage.clock, RESUME_WINDOW_MS);
    expect([...kitchen.heard.disconnect.all, ...phone.heard.disconnect.all]).toEqual([]);
    expect(phone.heard.connect.all).toHaveLength(1);
    await expect(kitchen.manager.sendMessage(kitchen.sessionId, 'still here')).resolves.toBeUndefined();
  });

  it('is suspended meanwhile for an observer, and connected again', async () => {
    const stage = await createStage({ isSealed });
    const { kitchen } = await connectedPair(stage);
    const states: string[] = [];
    stage.kitchen.broker.sessions$.subscribe(
      ({ sessionId, state }) => sessionId === kitchen.sessionId && states.push(state),
    );
    stage.air.cut('kitchen', 'phone');
    await advance(stage.clock, 1_000);
    expect(states).toEqual(['suspended', 'connected']);
  });
});

describe('a session whose link stays away past the resume window', () => {
  it('ends on both sides with disconnect NETWORK_DISCONNECTED, once', async () => {
    const stage = await createStage();
    const { kitchen, phone } = await connectedPair(stage);
    away(stage);
    await advance(stage.clock, 3 * RESUME_WINDOW_MS);
    stage.air.heal('kitchen', 'phone');
    await advance(stage.clock, RESUME_WINDOW_MS);
    expect(kitchen.heard.disconnect.all).toEqual([{ sessionId: kitchen.sessionId, reason: 2 }]);
    expect(phone.heard.disconnect.all).toEqual([{ sessionId: phone.sessionId, reason: 2 }]);
  });

  it('waits for the whole window, and no longer', async () => {
    const stage = await createStage();
    const { kitchen } = await connectedPair(stage);
    away(stage);
    await advance(stage.clock, RESUME_WINDOW_MS - 1);
    expect(kitchen.heard.disconnect.all).toEqual([]);
    await advance(stage.clock, 1);
    expect(kitchen.heard.disconnect.all).toHaveLength(1);
  });

  it('rejects what was sent and not acknowledged, before and during it', async () => {
    const stage = await createStage();
    const { kitchen, phone } = await connectedPair(stage);
    away(stage);
    const sends = [
      kitchen.manager.sendMessage(kitchen.sessionId, 'text'),
      kitchen.manager.sendData(kitchen.sessionId, new ArrayBuffer(500_000)),
    ];
    const outcomes = Promise.allSettled(sends);
    await advance(stage.clock, 2 * RESUME_WINDOW_MS);
    expect(await outcomes).toMatchObject(
      sends.map(() => ({ status: 'rejected', reason: { code: 401, kind: 'sessionEnded' } })),
    );
    expect(phone.heard.receiveMessage.all).toEqual([]);
  });

  it('may be connected anew', async () => {
    const stage = await createStage();
    const asked = registerAskedApp(stage.phone);
    const { kitchen, phone } = await connectBetween(stage, registerApp(stage.kitchen), asked);
    away(stage);
    await advance(stage.clock, 2 * RESUME_WINDOW_MS);
    stage.air.heal('kitchen', 'phone');
    const connecting = kitchen.manager.connect(kitchen.sessionId);
    const { token } = await advanceUntil(stage.clock, asked.offers.next());
    await phone.manager.acceptConnect(phone.sessionId, token);
    expect(await connecting).toMatchObject({ isConnected: true });
  });
});

describe('a peer whose broker closes', () => {
  it('takes its apps with it: the other side gets disconnect PEER_APP_EXIT, once', async () => {
    const stage = await createStage();
    const { kitchen } = await connectedPair(stage);
    await stage.phone.broker.close();
    await advance(stage.clock, 2 * RESUME_WINDOW_MS);
    expect(kitchen.heard.disconnect.all).toEqual([{ sessionId: kitchen.sessionId, reason: 1 }]);
  });
});

describe('a peer that starts anew while the link is away', () => {
  it('has forgotten its sessions: the other side gets disconnect PEER_APP_EXIT, once', async () => {
    const stage = await createStage();
    const { kitchen } = await connectedPair(stage);
    away(stage);
    await stage.phone.broker.close();
    await startDevice(stage, 'phone', { deviceKeys: stage.phone.deviceKeys });
    stage.air.heal('kitchen', 'phone');
    await advance(stage.clock, 2 * RESUME_WINDOW_MS);
    expect(kitchen.heard.disconnect.all).toEqual([{ sessionId: kitchen.sessionId, reason: 1 }]);
  });

  it('rejects what was not acknowledged', async () => {
    const stage = await createStage();
    const { kitchen } = await connectedPair(stage);
    away(stage);
    const sending = Promise.allSettled([kitchen.manager.sendMessage(kitchen.sessionId, 'x')]);
    await stage.phone.broker.close();
    await startDevice(stage, 'phone', { deviceKeys: stage.phone.deviceKeys });
    stage.air.heal('kitchen', 'phone');
    await advance(stage.clock, RESUME_WINDOW_MS);
    expect(await sending).toMatchObject([{ status: 'rejected', reason: { kind: 'sessionEnded' } }]);
  });
});
