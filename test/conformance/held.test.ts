import { describe, expect, it } from 'vitest';
import {
  acceptOffer,
  connectedPair,
  createOffer,
  createSession,
  createStage,
  listen,
  registerApp,
  registerAskedApp,
} from './fixture.js';
import { outcomeOf } from './outcome.js';
import { advance, advanceUntil, turns } from './time.js';

describe('what is sent while the link is away', () => {
  it('is held, and delivered in order when the link is back', async () => {
    const stage = await createStage();
    const { kitchen, phone } = await connectedPair(stage);
    stage.air.partition('kitchen', 'phone');
    stage.air.cut('kitchen', 'phone');
    await turns();
    const sends = ['one', 'two', 'three'].map((text) => kitchen.manager.sendMessage(kitchen.sessionId, text));
    expect(await outcomeOf(() => sends[0])).toBe('stays open');
    stage.air.heal('kitchen', 'phone');
    await advanceUntil(stage.clock, Promise.all(sends));
    expect(phone.heard.receiveMessage.all.map(({ msg }) => msg)).toEqual(['one', 'two', 'three']);
  });

  it('is held on the accepting side just as well', async () => {
    const stage = await createStage();
    const { kitchen, phone } = await connectedPair(stage);
    stage.air.partition('kitchen', 'phone');
    stage.air.cut('kitchen', 'phone');
    await turns();
    const sending = phone.manager.sendData(phone.sessionId, new ArrayBuffer(100_000));
    stage.air.heal('kitchen', 'phone');
    await advanceUntil(stage.clock, sending);
    expect(kitchen.heard.receiveData.all.map(({ data }) => data?.byteLength)).toEqual([100_000]);
  });
});

describe('what is sent while the other side settles', () => {
  it('by the caller, as soon as connect resolved, arrives after the connect event of the other side', async () => {
    const { asked, calling, connecting, offer, stage } = await createOffer();
    const { sessionId, accepted } = acceptOffer(asked, offer);
    const order: string[] = [];
    const answering = listen(stage.phone, asked.app, sessionId);
    answering.manager.on('connect', sessionId, () => order.push('connect'));
    answering.manager.on('receiveMessage', sessionId, ({ msg }) => order.push(`${msg}`));
    await connecting.then(() => calling.manager.sendMessage(calling.sessionId, 'first'));
    await accepted;
    expect(order).toEqual(['connect', 'first']);
  });

  it('by the accepting side, from inside its connect event, arrives', async () => {
    const { asked, calling, connecting, offer } = await createOffer();
    const { sessionId } = acceptOffer(asked, offer);
    const manager = asked.app.abilityConnectionManager;
    const sent = new Promise<void>((resolve, reject) => {
      manager.on('connect', sessionId, () => void manager.sendMessage(sessionId, 'welcome').then(resolve, reject));
    });
    await Promise.all([connecting, sent]);
    expect(calling.heard.receiveMessage.all).toMatchObject([{ msg: 'welcome' }]);
  });

  it('arrives when the confirmation of the caller was lost with its link', async () => {
    const { stage, asked, calling, connecting, offer } = await createOffer();
    const { sessionId, accepted } = acceptOffer(asked, offer);
    const answering = listen(stage.phone, asked.app, sessionId);
    await connecting;
    stage.air.cut('kitchen', 'phone');
    const sending = calling.manager.sendMessage(calling.sessionId, 'after the cut');
    await advanceUntil(stage.clock, Promise.all([sending, accepted]));
    expect(answering.heard.receiveMessage.all).toMatchObject([{ msg: 'after the cut' }]);
    expect(answering.heard.connect.all).toHaveLength(1);
  });
});

describe('an attempt whose link breaks', () => {
  it.each([0, 1, 2, 4, 8, 16, 32, 64])('%i steps after the accept still connects both sides', async (steps) => {
    const { stage, asked, calling, connecting, offer } = await createOffer();
    const { sessionId, accepted } = acceptOffer(asked, offer);
    for (let step = 0; step < steps; step += 1) await Promise.resolve();
    stage.air.cut('kitchen', 'phone');
    const [result] = await advanceUntil(stage.clock, Promise.all([connecting, accepted]), 10_000);
    expect(result).toMatchObject({ isConnected: true });
    const answering = listen(stage.phone, asked.app, sessionId);
    await advanceUntil(stage.clock, calling.manager.sendMessage(calling.sessionId, 'works'));
    expect(answering.heard.receiveMessage.all).toMatchObject([{ msg: 'works' }]);
  });

  it('before the app was asked asks it once, on the new link', async () => {
    const stage = await createStage();
    const asked = registerAskedApp(stage.phone);
    const app = registerApp(stage.kitchen);
    stage.air.partition('kitchen', 'phone');
    const connecting = app.abilityConnectionManager.connect(createSession(app, stage.phone));
    await advance(stage.clock, 2_000);
    stage.air.heal('kitchen', 'phone');
    await advance(stage.clock, 6_000);
    expect(asked.offers.all).toHaveLength(1);
    acceptOffer(asked, await asked.offers.next());
    await expect(connecting).resolves.toMatchObject({ isConnected: true });
  });

  it('while the app thinks asks it only once', async () => {
    const { stage, asked, connecting, offer } = await createOffer();
    stage.air.cut('kitchen', 'phone');
    await advance(stage.clock, 2_000);
    expect(asked.offers.all).toHaveLength(1);
    acceptOffer(asked, offer);
    await expect(advanceUntil(stage.clock, connecting)).resolves.toMatchObject({ isConnected: true });
  });

  it('after the app rejected still tells the caller the reason', async () => {
    const { stage, asked, connecting, offer } = await createOffer();
    stage.air.partition('kitchen', 'phone');
    asked.app.abilityConnectionManager.reject(offer.token, 'not today');
    stage.air.cut('kitchen', 'phone');
    await turns();
    stage.air.heal('kitchen', 'phone');
    await expect(advanceUntil(stage.clock, connecting)).resolves.toEqual({
      isConnected: false,
      errorCode: 1,
      reason: 'not today',
    });
  });
});
