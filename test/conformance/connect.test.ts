import { describe, expect, it } from 'vitest';
import type { ConnectResult } from '../../src/protocol/collaboration.js';
import {
  APP,
  acceptOffer,
  connectedPair,
  createSession,
  createStage,
  type End,
  listen,
  registerApp,
  registerAskedApp,
  SERVICE,
} from './fixture.js';
import { outcomeOf } from './outcome.js';
import { advance, advanceUntil, turns } from './time.js';

describe('connect', () => {
  it('resolves {isConnected: true} without an errorCode once the app on the far side accepted', async () => {
    const { kitchen, phone } = await createStage();
    const asked = registerAskedApp(phone);
    const app = registerApp(kitchen);
    const connecting = app.abilityConnectionManager.connect(createSession(app, phone));
    acceptOffer(asked, await asked.offers.next());
    const result = await connecting;
    expect(result.isConnected).toBe(true);
    expect(result).not.toHaveProperty('errorCode');
  });

  it('starts the collaboration on the far side with who asks, what for, and a token', async () => {
    const { kitchen, phone } = await createStage();
    const asked = registerAskedApp(phone);
    const app = registerApp(kitchen);
    void app.abilityConnectionManager.connect(createSession(app, phone));
    const { parameters } = await asked.offers.next();
    expect(parameters).toMatchObject({
      PeerInfo: { deviceId: 'kitchen', ...APP, serviceName: SERVICE },
      ConnectOptions: { needSendData: true },
      ConnectOption: { needSendData: true },
      'ohos.dms.collabToken': expect.stringMatching(/^[0-9a-f]{32}$/),
    });
  });

  it('waits while the app on the far side thinks', async () => {
    const { kitchen, phone, clock } = await createStage();
    const asked = registerAskedApp(phone);
    const app = registerApp(kitchen);
    const connecting = app.abilityConnectionManager.connect(createSession(app, phone));
    const offer = await asked.offers.next();
    await advance(clock, 9_000);
    acceptOffer(asked, offer);
    await expect(connecting).resolves.toMatchObject({ isConnected: true });
  });

  it('gives up with {false, 5} after ten seconds without an answer, and not before', async () => {
    const { kitchen, phone, clock } = await createStage();
    registerAskedApp(phone);
    const app = registerApp(kitchen);
    const connecting = app.abilityConnectionManager.connect(createSession(app, phone));
    await advance(clock, 9_999);
    expect(await outcomeOf(() => connecting)).toBe('stays open');
    await advance(clock, 1);
    await expect(connecting).resolves.toMatchObject({ isConnected: false, errorCode: 5 });
  });

  it('gives up with {false, 5} on a device that is not there', async () => {
    const { kitchen, phone, clock } = await createStage();
    const app = registerApp(kitchen);
    const sessionId = createSession(app, phone, { peer: { deviceId: 'nowhere' } });
    const connecting = app.abilityConnectionManager.connect(sessionId);
    await expect(advanceUntil(clock, connecting, 10_000)).resolves.toMatchObject({ isConnected: false, errorCode: 5 });
  });

  it('says in words why it failed', async () => {
    const { kitchen, phone } = await createStage();
    const app = registerApp(kitchen);
    const { reason } = await app.abilityConnectionManager.connect(createSession(app, phone));
    expect(reason).not.toBe('');
  });

  it('may be called again after a failure', async () => {
    const { kitchen, phone } = await createStage();
    const app = registerApp(kitchen);
    const sessionId = createSession(app, phone);
    const first = await app.abilityConnectionManager.connect(sessionId);
    const asked = registerAskedApp(phone);
    const second = app.abilityConnectionManager.connect(sessionId);
    acceptOffer(asked, await asked.offers.next());
    expect([first, await second]).toMatchObject([{ isConnected: false, errorCode: 4 }, { isConnected: true }]);
  });

  it('may be called again after a disconnect, with a new token', async () => {
    const stage = await createStage();
    const asked = registerAskedApp(stage.phone);
    const app = registerApp(stage.kitchen);
    const sessionId = createSession(app, stage.phone);
    const tokens: string[] = [];
    for (let round = 0; round < 2; round += 1) {
      const connecting = app.abilityConnectionManager.connect(sessionId);
      const offer = await asked.offers.next();
      tokens.push(offer.token);
      const { accepted } = acceptOffer(asked, offer);
      expect(await connecting).toMatchObject({ isConnected: true });
      await accepted;
      app.abilityConnectionManager.disconnect(sessionId);
      await turns();
    }
    expect(new Set(tokens).size).toBe(2);
  });

  it('on a connected session resolves {false, 0} and does the session no harm', async () => {
    const { kitchen, phone } = await connectedPair(await createStage());
    const again = await kitchen.manager.connect(kitchen.sessionId);
    await kitchen.manager.sendMessage(kitchen.sessionId, 'still here');
    expect(again).toMatchObject({ isConnected: false, errorCode: 0 });
    expect(phone.heard.receiveMessage.all).toMatchObject([{ msg: 'still here' }]);
    expect(phone.heard.disconnect.all).toEqual([]);
  });

  it('on a connected session of the accepting side resolves {false, 0}, too', async () => {
    const { kitchen, phone } = await connectedPair(await createStage());
    expect(await phone.manager.connect(phone.sessionId)).toMatchObject({ isConnected: false, errorCode: 0 });
    await phone.manager.sendMessage(phone.sessionId, 'still here');
    expect(kitchen.heard.receiveMessage.all).toMatchObject([{ msg: 'still here' }]);
  });

  it('while connecting resolves {false, 0}, and the first call still gets its answer', async () => {
    const { kitchen, phone } = await createStage();
    const asked = registerAskedApp(phone);
    const app = registerApp(kitchen);
    const sessionId = createSession(app, phone);
    const first = app.abilityConnectionManager.connect(sessionId);
    expect(await app.abilityConnectionManager.connect(sessionId)).toMatchObject({ isConnected: false, errorCode: 0 });
    acceptOffer(asked, await asked.offers.next());
    expect(await first).toMatchObject({ isConnected: true });
  });

  it('fires no connect event on the calling side', async () => {
    const { kitchen } = await connectedPair(await createStage());
    await turns();
    expect(kitchen.heard.connect.all).toEqual([]);
  });

  it('works the thousandth time and once more', async () => {
    const { kitchen, phone } = await createStage({ isSealed: false });
    const asked = registerAskedApp(phone);
    const app = registerApp(kitchen);
    // A handful at a time: more than so many requests at once would be too many for the far side.
    for (let count = 0; count < 1_001; count += 91) {
      const services = Array.from({ length: 91 }, (_, at) => `service ${count + at}`);
      const ids = services.map((serviceName) => createSession(app, phone, { serviceName }));
      const connecting = ids.map((id) => app.abilityConnectionManager.connect(id));
      for (const _ of ids) acceptOffer(asked, await asked.offers.next());
      expect((await Promise.all(connecting)).every(({ isConnected }) => isConnected)).toBe(true);
    }
    expect(kitchen.broker.counters().sessions.connected).toBe(1_001);
  });

  it('lasts while nobody says anything', async () => {
    const stage = await createStage();
    const { kitchen, phone } = await connectedPair(stage);
    await advance(stage.clock, 60_000);
    await kitchen.manager.sendMessage(kitchen.sessionId, 'still here');
    expect(phone.heard.receiveMessage.all).toMatchObject([{ msg: 'still here' }]);
    expect(phone.heard.disconnect.all).toEqual([]);
  });

  it('truncates a fractional ID', async () => {
    const { kitchen, phone } = await createStage();
    const app = registerApp(kitchen);
    const sessionId = createSession(app, phone);
    expect(await app.abilityConnectionManager.connect(sessionId + 0.5)).toMatchObject({ errorCode: 4 });
  });
});

describe('connect for a conversation that exists', () => {
  it('resolves {false, 0} on a second session of the same apps and service, and leaves the first alone', async () => {
    const stage = await createStage();
    const { kitchen, phone } = await connectedPair(stage);
    const twin = createSession(kitchen.app, stage.phone);
    expect(await kitchen.manager.connect(twin)).toMatchObject({ isConnected: false, errorCode: 0 });
    await kitchen.manager.sendMessage(kitchen.sessionId, 'still here');
    expect(phone.heard.receiveMessage.all).toMatchObject([{ msg: 'still here' }]);
  });

  it('resolves {false, 0} on a second session while the first is still connecting', async () => {
    const { kitchen, phone } = await createStage();
    const asked = registerAskedApp(phone);
    const app = registerApp(kitchen);
    const first = app.abilityConnectionManager.connect(createSession(app, phone));
    const second = await app.abilityConnectionManager.connect(createSession(app, phone));
    acceptOffer(asked, await asked.offers.next());
    expect([await first, second]).toMatchObject([{ isConnected: true }, { isConnected: false, errorCode: 0 }]);
  });

  it('works on the second session once the first has disconnected', async () => {
    const stage = await createStage();
    const { kitchen, phone } = await connectedPair(stage, { registration: {} });
    const twin = createSession(kitchen.app, stage.phone);
    kitchen.manager.disconnect(kitchen.sessionId);
    await phone.heard.disconnect.next();
    const connecting = kitchen.manager.connect(twin);
    expect(await outcomeOf(() => connecting)).toBe('stays open');
  });

  it('counts the service name: two services between the same apps work side by side', async () => {
    const { kitchen, phone } = await createStage();
    const asked = registerAskedApp(phone);
    const app = registerApp(kitchen);
    const ends: { sessionId: number; far: End; serviceName: string }[] = [];
    for (const serviceName of ['camera', 'door']) {
      const sessionId = createSession(app, phone, { serviceName });
      const connecting = app.abilityConnectionManager.connect(sessionId);
      const { sessionId: answering, accepted } = acceptOffer(asked, await asked.offers.next());
      const far = listen(phone, asked.app, answering);
      await Promise.all([connecting, accepted]);
      ends.push({ sessionId, far, serviceName });
    }
    for (const { sessionId, serviceName } of ends)
      await app.abilityConnectionManager.sendMessage(sessionId, serviceName);
    expect(ends.map(({ far }) => far.heard.receiveMessage.all.map(({ msg }) => msg))).toEqual([['camera'], ['door']]);
  });

  it('counts the app: two apps of one device may talk to the same peer app', async () => {
    const { kitchen, phone } = await createStage();
    const asked = registerAskedApp(phone);
    const results: ConnectResult[] = [];
    for (const abilityName of ['FirstAbility', 'SecondAbility']) {
      const app = registerApp(kitchen, { abilityName });
      const connecting = app.abilityConnectionManager.connect(createSession(app, phone));
      acceptOffer(asked, await asked.offers.next());
      results.push(await connecting);
    }
    expect(results).toMatchObject([{ isConnected: true }, { isConnected: true }]);
  });
});
