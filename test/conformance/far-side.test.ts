import { describe, expect, it } from 'vitest';
import type { AppRegistration } from '../../src/broker/interface.js';
import { OnCollaborateResult } from '../../src/protocol/codes.js';
import type { ConnectResult } from '../../src/protocol/collaboration.js';
import { createAccount } from '../../src/transport/account.js';
import {
  acceptOffer,
  connectedPair,
  createSession,
  createStage,
  type Pair,
  registerApp,
  registerAskedApp,
  type Stage,
  startDevice,
} from './fixture.js';
import { outcomeOf } from './outcome.js';
import { advance, advanceUntil, turns } from './time.js';

/** Connects from a fresh app of the kitchen, whatever the phone has. */
function connectFrom(stage: Stage): Promise<ConnectResult> {
  const app = registerApp(stage.kitchen);
  return app.abilityConnectionManager.connect(createSession(app, stage.phone));
}

const EXPECTED: readonly (readonly [what: string, onCollaborate: AppRegistration['onCollaborate'], result: object])[] =
  [
    ['has no onCollaborate: PEER_ABILITY_NO_ONCOLLABORATE', undefined, { errorCode: 4 }],
    [
      'returns REJECT: PEER_APP_REJECTED with an empty reason',
      () => OnCollaborateResult.REJECT,
      { errorCode: 1, reason: '' },
    ],
    [
      'resolves with REJECT: PEER_APP_REJECTED',
      () => Promise.resolve(OnCollaborateResult.REJECT),
      { errorCode: 1, reason: '' },
    ],
    [
      'throws: SYSTEM_INTERNAL_ERROR',
      () => {
        throw new Error('a bug of the app');
      },
      { errorCode: 5 },
    ],
    [
      'rejects its promise: SYSTEM_INTERNAL_ERROR',
      () => Promise.reject(new Error('a bug of the app')),
      { errorCode: 5 },
    ],
  ];

describe('an app on the far side', () => {
  it.each(EXPECTED)('that %s', async (_, onCollaborate, result) => {
    const stage = await createStage();
    registerApp(stage.phone, onCollaborate && { onCollaborate });
    expect(await connectFrom(stage)).toMatchObject({ isConnected: false, ...result });
  });

  it('that is not there: PEER_ABILITY_NO_ONCOLLABORATE', async () => {
    expect(await connectFrom(await createStage())).toMatchObject({ isConnected: false, errorCode: 4 });
  });

  it.each(['bundleName', 'moduleName', 'abilityName'] as const)('is found by its %s, too', async (field) => {
    const stage = await createStage();
    registerAskedApp(stage.phone, { [field]: 'another' });
    expect(await connectFrom(stage)).toMatchObject({ errorCode: 4 });
  });

  it('that called reject and then returns ACCEPT has rejected', async () => {
    const stage = await createStage();
    const asked = registerAskedApp(stage.phone, {}, () => {
      asked.app.abilityConnectionManager.reject(asked.offers.all[0]?.token ?? '', 'from inside');
      return OnCollaborateResult.ACCEPT;
    });
    expect(await connectFrom(stage)).toEqual({ isConnected: false, errorCode: 1, reason: 'from inside' });
  });

  it('that accepted and then returns REJECT has accepted', async () => {
    const stage = await createStage();
    const asked = registerAskedApp(stage.phone, {}, () => {
      const [offer] = asked.offers.all;
      if (offer !== undefined) acceptOffer(asked, offer);
      return OnCollaborateResult.REJECT;
    });
    expect(await connectFrom(stage)).toMatchObject({ isConnected: true });
  });

  it('may accept from inside onCollaborate, as the reference does', async () => {
    const stage = await createStage();
    const asked = registerAskedApp(stage.phone, {}, () => {
      const [offer] = asked.offers.all;
      if (offer !== undefined) acceptOffer(asked, offer);
      return OnCollaborateResult.ACCEPT;
    });
    expect(await connectFrom(stage)).toMatchObject({ isConnected: true });
  });

  it('that closes before it answered leaves its caller not waiting for ever', async () => {
    const stage = await createStage();
    const asked = registerAskedApp(stage.phone);
    const connecting = connectFrom(stage);
    await asked.offers.next();
    asked.app.close();
    await expect(advanceUntil(stage.clock, connecting, 10_000)).resolves.toMatchObject({ isConnected: false });
  });

  it('is asked once for every attempt', async () => {
    const stage = await createStage();
    const asked = registerAskedApp(stage.phone, {}, () => OnCollaborateResult.REJECT);
    await connectFrom(stage);
    await advance(stage.clock, 30_000);
    expect(asked.offers.all).toHaveLength(1);
  });
});

describe('the radio', () => {
  it('off here: LOCAL_WIFI_NOT_OPEN', async () => {
    const stage = await createStage();
    registerAskedApp(stage.phone);
    stage.air.setRadio('kitchen', 'poweredOff');
    await turns();
    expect(await connectFrom(stage)).toMatchObject({ isConnected: false, errorCode: 2 });
  });

  it('off over there: PEER_WIFI_NOT_OPEN', async () => {
    const stage = await createStage();
    registerAskedApp(stage.phone);
    stage.air.setRadio('phone', 'poweredOff');
    await turns();
    const connecting = connectFrom(stage);
    await expect(advanceUntil(stage.clock, connecting, 10_000)).resolves.toMatchObject({
      isConnected: false,
      errorCode: 3,
    });
  });

  it('off here when the app accepts: 401 here, and the caller learns PEER_WIFI_NOT_OPEN or runs into its deadline', async () => {
    const stage = await createStage();
    const asked = registerAskedApp(stage.phone);
    const connecting = connectFrom(stage);
    const offer = await asked.offers.next();
    stage.air.setRadio('phone', 'poweredOff');
    await turns();
    const outcome = await outcomeOf(() => acceptOffer(asked, offer).accepted);
    expect(outcome).toMatch(/^rejects 401/);
    const result = await advanceUntil(stage.clock, connecting, 10_000);
    expect([3, 5]).toContain(result.errorCode);
  });

  it('on again: the same session connects, because a refused attempt leaves nothing behind', async () => {
    const stage = await createStage();
    const asked = registerAskedApp(stage.phone);
    const app = registerApp(stage.kitchen);
    const sessionId = createSession(app, stage.phone);
    stage.air.setRadio('kitchen', 'poweredOff');
    await turns();
    const first = await app.abilityConnectionManager.connect(sessionId);
    stage.air.setRadio('kitchen', 'poweredOn');
    await turns();
    const second = app.abilityConnectionManager.connect(sessionId);
    acceptOffer(asked, await advanceUntil(stage.clock, asked.offers.next()));
    expect([first, await second]).toMatchObject([{ errorCode: 2 }, { isConnected: true }]);
  });

  it('off while connected ends the session as NETWORK_DISCONNECTED, once the resume window is over', async () => {
    const stage = await createStage();
    const { kitchen, phone } = await connectedPair(stage);
    stage.air.setRadio('kitchen', 'poweredOff');
    await advance(stage.clock, 60_000);
    expect([kitchen.heard.disconnect.all, phone.heard.disconnect.all]).toMatchObject([
      [{ reason: 2 }],
      [{ reason: 2 }],
    ]);
  });
});

describe('a device of another account', () => {
  it('cannot be connected to, and its app is not asked', async () => {
    const stage = await createStage();
    const stranger = await startDevice({ ...stage, account: createAccount() }, 'stranger');
    const asked = registerAskedApp(stranger);
    const app = registerApp(stage.kitchen);
    const connecting = app.abilityConnectionManager.connect(createSession(app, stranger));
    const result = await advanceUntil(stage.clock, connecting, 10_000);
    expect(result).toMatchObject({ isConnected: false, errorCode: 5 });
    expect(asked.offers.all).toEqual([]);
  });

  it('is not among the available devices', async () => {
    const stage = await createStage();
    await startDevice({ ...stage, account: createAccount() }, 'stranger');
    await turns();
    const { distributedDeviceManager } = registerApp(stage.kitchen);
    expect(distributedDeviceManager.getAvailableDeviceListSync()).toEqual([
      { networkId: 'phone', deviceId: 'phone', deviceName: 'phone' },
    ]);
  });
});

describe('two pairs of apps on the same devices', () => {
  it('talk without hearing each other', async () => {
    const stage = await createStage();
    const pairs: Pair[] = [];
    for (const abilityName of ['One', 'Two']) {
      pairs.push(await connectedPair(stage, { registration: { abilityName }, peer: { abilityName } }));
    }
    for (const [index, { kitchen }] of pairs.entries())
      await kitchen.manager.sendMessage(kitchen.sessionId, `pair ${index}`);
    expect(pairs.map(({ phone }) => phone.heard.receiveMessage.all.map(({ msg }) => msg))).toEqual([
      ['pair 0'],
      ['pair 1'],
    ]);
  });
});
