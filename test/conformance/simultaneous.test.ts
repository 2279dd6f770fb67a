import { describe, expect, it } from 'vitest';
import type { ConnectResult } from '../../src/protocol/collaboration.js';
import {
  type Asked,
  acceptOffer,
  createSession,
  createStage,
  type Device,
  type End,
  listen,
  registerAskedApp,
  type Stage,
} from './fixture.js';
import { createRawPeer, nextFrame, openFrame, tokenOf } from './raw-peer.js';
import { advance, turns } from './time.js';

interface Side {
  readonly device: Device;
  readonly asked: Asked;
  readonly calling: End;
  readonly result: ConnectResult;
  /** The end of the session it accepted, if it was asked and accepted. */
  readonly answering: End | undefined;
}

/** Both apps connect before either has heard of the other, and accept what they are asked. */
async function connectBoth(stage: Stage, kitchenService: string, phoneService: string): Promise<[Side, Side]> {
  const begin = (device: Device, other: Device, serviceName: string) => {
    const asked = registerAskedApp(device);
    const calling = listen(device, asked.app, createSession(asked.app, other, { serviceName }));
    return { device, asked, calling, connecting: calling.manager.connect(calling.sessionId) };
  };
  const sides = [
    begin(stage.kitchen, stage.phone, kitchenService),
    begin(stage.phone, stage.kitchen, phoneService),
  ] as const;
  await turns();
  const finish = async ({ device, asked, calling, connecting }: ReturnType<typeof begin>): Promise<Side> => {
    const [offer] = asked.offers.all;
    const accepting = offer && acceptOffer(asked, offer);
    const answering = accepting && listen(device, asked.app, accepting.sessionId);
    await accepting?.accepted;
    return { device, asked, calling, answering, result: await connecting };
  };
  return Promise.all([finish(sides[0]), finish(sides[1])]);
}

function connectedCount({ broker }: Device): number {
  return broker.listSessions().filter(({ state }) => state === 'connected').length;
}

describe('two connects for the same apps and service at once', () => {
  it('leave one session: one caller is connected, the other learns that it exists', async () => {
    const stage = await createStage();
    const sides = await connectBoth(stage, 'same', 'same');
    const results = sides.map(({ result }) => result).sort((one) => (one.isConnected ? -1 : 1));
    expect(results).toMatchObject([{ isConnected: true }, { isConnected: false, errorCode: 0 }]);
    expect([connectedCount(stage.kitchen), connectedCount(stage.phone)]).toEqual([1, 1]);
  });

  it('ask only the app whose attempt gave way', async () => {
    const sides = await connectBoth(await createStage(), 'same', 'same');
    expect(sides.map(({ asked }) => asked.offers.all.length)).toEqual(
      sides.map(({ result }) => (result.isConnected ? 0 : 1)),
    );
  });

  it('leave a session that carries messages both ways', async () => {
    const sides = await connectBoth(await createStage(), 'same', 'same');
    const caller = sides.find(({ result }) => result.isConnected)?.calling;
    const answerer = sides.find(({ result }) => !result.isConnected)?.answering;
    await caller?.manager.sendMessage(caller.sessionId, 'there');
    await answerer?.manager.sendMessage(answerer.sessionId, 'back');
    expect(answerer?.heard.receiveMessage.all).toMatchObject([{ msg: 'there' }]);
    expect(caller?.heard.receiveMessage.all).toMatchObject([{ msg: 'back' }]);
  });

  it('raise no disconnect', async () => {
    const stage = await createStage();
    const sides = await connectBoth(stage, 'same', 'same');
    await advance(stage.clock, 60_000);
    const ends = sides.flatMap(({ calling, answering }) => [calling, ...(answering ? [answering] : [])]);
    expect(ends.flatMap(({ heard }) => heard.disconnect.all)).toEqual([]);
  });
});

/** An attempt of the kitchen at a peer that says its frames itself. */
async function attemptAtRawPeer() {
  const stage = await createStage();
  const peer = await createRawPeer(stage, stage.kitchen);
  const asked = registerAskedApp(stage.kitchen);
  const sessionId = createSession(asked.app, stage.kitchen, { peer: { deviceId: peer.name } });
  const connecting = asked.app.abilityConnectionManager.connect(sessionId);
  const open = await nextFrame(peer, 'open');
  return { stage, peer, asked, sessionId, connecting, open };
}

describe('of two tokens', () => {
  it('the smaller wins: a request with it is put to the app, and the own attempt gives way', async () => {
    const { stage, peer, asked, connecting } = await attemptAtRawPeer();
    const token = tokenOf(0);
    peer.say(openFrame(token));
    const { sessionId, accepted } = acceptOffer(asked, await asked.offers.next());
    const accept = await nextFrame(peer, 'accept');
    peer.say({ type: 'confirm', session: sessionId, token });
    await accepted;
    expect(accept).toMatchObject({ token, from: sessionId });
    expect(await connecting).toMatchObject({ isConnected: false, errorCode: 0 });
    expect(connectedCount(stage.kitchen)).toBe(1);
  });

  it('the smaller wins: a request with the greater one is refused', async () => {
    const { peer, asked, sessionId, connecting, open } = await attemptAtRawPeer();
    const token = 'f'.repeat(32);
    peer.say(openFrame(token));
    expect(await nextFrame(peer, 'reject')).toMatchObject({ token, errorCode: 0 });
    peer.say({ type: 'accept', session: sessionId, from: 100, token: open.token });
    expect(await connecting).toMatchObject({ isConnected: true });
    expect(asked.offers.all).toEqual([]);
  });
});

describe('acceptConnect on the very session whose attempt gave way', () => {
  it('works: its connect has ended with {false, 0}', async () => {
    const { peer, asked, sessionId, connecting } = await attemptAtRawPeer();
    const token = tokenOf(0);
    peer.say(openFrame(token));
    await asked.offers.next();
    expect(await connecting).toMatchObject({ isConnected: false, errorCode: 0 });
    const accepting = asked.app.abilityConnectionManager.acceptConnect(sessionId, token);
    expect(await nextFrame(peer, 'accept')).toMatchObject({ token, from: sessionId });
    peer.say({ type: 'confirm', session: sessionId, token });
    await expect(accepting).resolves.toBeUndefined();
  });
});

describe('connects at once for different services', () => {
  it('both succeed', async () => {
    const stage = await createStage();
    const sides = await connectBoth(stage, 'camera', 'door');
    expect(sides.map(({ result }) => result)).toMatchObject([{ isConnected: true }, { isConnected: true }]);
    expect([connectedCount(stage.kitchen), connectedCount(stage.phone)]).toEqual([2, 2]);
  });

  it('all succeed when there are many, from both sides', async () => {
    const stage = await createStage();
    const [kitchen, phone] = [registerAskedApp(stage.kitchen), registerAskedApp(stage.phone)];
    const connects = Array.from({ length: 20 }, (_, index) => {
      const [{ app }, other] = index % 2 === 0 ? [kitchen, stage.phone] : [phone, stage.kitchen];
      return app.abilityConnectionManager.connect(createSession(app, other, { serviceName: `service ${index}` }));
    });
    for (let index = 0; index < 10; index += 1) acceptOffer(kitchen, await kitchen.offers.next());
    for (let index = 0; index < 10; index += 1) acceptOffer(phone, await phone.offers.next());
    expect((await Promise.all(connects)).map(({ isConnected }) => isConnected)).toEqual(connects.map(() => true));
  });
});
