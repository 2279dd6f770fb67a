import { describe, expect, it } from 'vitest';
import { createBroker } from '../../src/broker/broker.js';
import { createTokenStore } from '../../src/broker/tokens.js';
import { createAccount } from '../../src/transport/account.js';
import { createMemoryAir } from '../../src/transport/memory.js';
import {
  APP,
  acceptOffer,
  connectBetween,
  connectedPair,
  createOffer,
  createSession,
  createStage,
  registerApp,
  registerAskedApp,
} from './fixture.js';
import { outcomeOf } from './outcome.js';

/** Half of a surrogate pair: no UTF-8 has it, so it could only arrive as another character. */
const HALVES = ['\ud800', '\udfff', 'before \ud83d', '\ude42 after', '\ude42\ud83d'];
const REFUSED = 'throws 401 invalidParameter';
const WHOLE = '🙂 \ufeff \ufffd \uffff \u0000';

describe.each(HALVES.map((half) => [JSON.stringify(half), half] as const))('%s', (_, half) => {
  it('is refused in a text, and nothing arrives', async () => {
    const { kitchen, phone } = await connectedPair(await createStage());
    expect(await outcomeOf(() => kitchen.manager.sendMessage(kitchen.sessionId, half))).toBe(REFUSED);
    await kitchen.manager.sendMessage(kitchen.sessionId, 'after');
    expect(phone.heard.receiveMessage.all.map(({ msg }) => msg)).toEqual(['after']);
  });

  it('is refused in a reason, and the request still waits', async () => {
    const { manager, offer, connecting } = await createOffer();
    expect(await outcomeOf(() => manager.reject(offer.token, half))).toBe(REFUSED);
    manager.reject(offer.token, WHOLE);
    expect((await connecting).reason).toBe(WHOLE);
  });

  it('is refused in every name, parameter and token', async () => {
    const { kitchen, phone } = await createStage();
    const app = registerApp(kitchen);
    const { acceptConnect, reject } = app.abilityConnectionManager;
    const sessionId = createSession(app, phone);
    const calls: readonly (() => unknown)[] = [
      () => createSession(app, phone, { serviceName: half }),
      ...['deviceId', 'bundleName', 'moduleName', 'abilityName', 'serviceName'].map(
        (field) => () => createSession(app, phone, { peer: { [field]: half } }),
      ),
      () => createSession(app, phone, { connectOptions: { parameters: { key: half } } }),
      () => createSession(app, phone, { connectOptions: { parameters: { [half]: 'text' } } }),
      () => acceptConnect(sessionId, half),
      () => reject(half, 'text'),
      ...Object.keys(APP).map((field) => () => registerApp(kitchen, { [field]: half })),
      () => registerApp(kitchen, { abilityName: 'Another', permissions: [half] }),
    ];
    expect(await Promise.all(calls.map(outcomeOf))).toEqual(calls.map(() => REFUSED));
  });

  it('is refused in the id and the name of a device', async () => {
    const account = createAccount();
    for (const names of [{ deviceId: half }, { deviceId: 'kitchen', deviceName: half }]) {
      const transport = createMemoryAir().transport('kitchen');
      const starting = createBroker({ ...names, account, transport });
      await expect(starting).rejects.toMatchObject({ code: 401, kind: 'invalidParameter' });
    }
  });

  it('is refused in what a token stands for', async () => {
    const tokens = await createTokenStore();
    const grant = { name: 'n', bundleName: 'b', permissions: [], isSystemApp: false, scopes: [] };
    for (const wrong of [{ name: half }, { bundleName: half }, { permissions: [half] }]) {
      await expect(tokens.create({ ...grant, ...wrong })).rejects.toMatchObject({ kind: 'invalidParameter' });
    }
    expect(tokens.list()).toEqual([]);
  });
});

describe.each([true, false])('a text that is well-formed (sealed: %s)', (isSealed) => {
  it('arrives unchanged as the name of a service, of 256 characters of four bytes', async () => {
    const stage = await createStage({ isSealed });
    const asked = registerAskedApp(stage.phone);
    const serviceName = '😀'.repeat(256);
    const { phone } = await connectBetween(stage, registerApp(stage.kitchen), asked, { serviceName });
    expect(phone.manager.getPeerInfoById(phone.sessionId)?.serviceName).toBe(serviceName);
  });

  it('arrives unchanged as a parameter and as its name, whatever that is', async () => {
    const { kitchen, phone } = await createStage({ isSealed });
    const asked = registerAskedApp(phone);
    const app = registerApp(kitchen);
    const parameters = Object.fromEntries([
      [WHOLE, WHOLE],
      ['__proto__', 'no prototype'],
      ['constructor', ''],
    ]);
    const connecting = app.abilityConnectionManager.connect(
      createSession(app, phone, { connectOptions: { parameters } }),
    );
    const offer = await asked.offers.next();
    expect(Object.entries(offer.parameters.ConnectOptions.parameters ?? {}).sort()).toEqual(
      Object.entries(parameters).sort(),
    );
    acceptOffer(asked, offer);
    expect(await connecting).toMatchObject({ isConnected: true });
  });
});

describe('257 characters of four bytes', () => {
  it('are too many for a service name', async () => {
    const { kitchen, phone } = await createStage();
    expect(await outcomeOf(() => createSession(registerApp(kitchen), phone, { serviceName: '😀'.repeat(257) }))).toBe(
      REFUSED,
    );
  });
});

describe('the words of an app that fails', () => {
  it.each([true, false])('reach the caller well-formed, whatever was thrown (sealed: %s)', async (isSealed) => {
    const stage = await createStage({ isSealed });
    registerApp(stage.phone, {
      onCollaborate: () => {
        throw new Error(`half \ud800 ${'🙂'.repeat(400)}`);
      },
    });
    const app = registerApp(stage.kitchen);
    const { reason = '' } = await app.abilityConnectionManager.connect(createSession(app, stage.phone));
    expect([reason.isWellFormed(), reason.includes('half \ufffd 🙂')]).toEqual([true, true]);
  });
});
