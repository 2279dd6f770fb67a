import { describe, expect, it, onTestFinished } from 'vitest';
import { createBroker } from '../../src/broker/broker.js';
import { ConnectErrorCode, DisconnectReason } from '../../src/protocol/codes.js';
import { RESUME_WINDOW_MS } from '../../src/protocol/limits.js';
import { createAccount } from '../../src/transport/account.js';
import { createDeviceKeys, createPinnedKeys, type DeviceKeys } from '../../src/transport/device-keys.js';
import {
  acceptOffer,
  connectBetween,
  connectedPair,
  createSession,
  createStage,
  type Device,
  registerApp,
  registerAskedApp,
  type Stage,
} from '../conformance/fixture.js';
import { advance, advanceUntil, turns } from '../conformance/time.js';

/** The phone goes away without a word and is started anew, with nothing but its id. */
async function restartPhone({ air, clock, account, phone }: Stage): Promise<Device> {
  air.cut('kitchen', 'phone');
  await phone.broker.close();
  const broker = await createBroker({ deviceId: 'phone', account, transport: air.transport('phone'), clock });
  onTestFinished(() => broker.close());
  return { name: 'phone', broker };
}

/** A third device, whose keys survive a start. */
async function startTablet({ air, clock, account }: Stage, deviceKeys: DeviceKeys): Promise<Device> {
  const transport = air.transport('tablet');
  const broker = await createBroker({ deviceId: 'tablet', account, transport, clock, deviceKeys });
  onTestFinished(() => broker.close());
  return { name: 'tablet', broker };
}

describe('peers', () => {
  it('end the sessions of a broker that was started anew with PEER_APP_EXIT', async () => {
    const stage = await createStage();
    const deviceKeys = createDeviceKeys();
    const tablet = await startTablet(stage, deviceKeys);
    const caller = registerApp(stage.kitchen);
    const { kitchen: end } = await connectBetween({ ...stage, phone: tablet }, caller, registerAskedApp(tablet));
    stage.air.partition('kitchen', 'tablet');
    stage.air.cut('kitchen', 'tablet');
    await tablet.broker.close();

    await startTablet(stage, deviceKeys);
    stage.air.heal('kitchen', 'tablet');
    const heard = await advanceUntil(stage.clock, end.heard.disconnect.next());

    expect(heard.reason).toBe(DisconnectReason.PEER_APP_EXIT);
  });

  it('refuse a device that comes back with another key, and say so', async () => {
    const stage = await createStage();
    const { kitchen: end } = await connectedPair(stage);
    const phone = await restartPhone(stage);
    registerAskedApp(phone);
    const again = createSession(end.app, phone, { serviceName: 'another' });

    const result = await advanceUntil(stage.clock, end.manager.connect(again));

    expect(result).toMatchObject({ isConnected: false, errorCode: ConnectErrorCode.SYSTEM_INTERNAL_ERROR });
    expect(result.reason).toContain('another key');
  });

  it('refuse a device of another account, and say so', async () => {
    const stage = await createStage();
    const stranger = await createBroker({
      deviceId: 'stranger',
      account: createAccount(),
      transport: stage.air.transport('stranger'),
      pinnedKeys: createPinnedKeys(),
      clock: stage.clock,
    });
    onTestFinished(() => stranger.close());
    const app = registerApp(stage.kitchen);
    const sessionId = createSession(app, { name: 'stranger', broker: stranger });

    const result = await advanceUntil(stage.clock, app.abilityConnectionManager.connect(sessionId));

    expect(result).toMatchObject({ isConnected: false, errorCode: ConnectErrorCode.SYSTEM_INTERNAL_ERROR });
    expect(result.reason).toContain('account');
    expect(stage.kitchen.broker.listDevices().map(({ deviceId }) => deviceId)).toEqual(['phone']);
  });

  it('tell the other side of a disconnect that happened while the link was away, with its own reason', async () => {
    const stage = await createStage();
    const { kitchen, phone } = await connectedPair(stage);
    stage.air.partition('kitchen', 'phone');
    stage.air.cut('kitchen', 'phone');
    await turns();

    kitchen.manager.disconnect(kitchen.sessionId);
    stage.air.heal('kitchen', 'phone');
    const heard = await advanceUntil(stage.clock, phone.heard.disconnect.next());

    expect(heard).toEqual({ sessionId: phone.sessionId, reason: DisconnectReason.PEER_APP_CLOSE_COLLABORATION });
    expect(kitchen.heard.disconnect.all).toEqual([]);
  });

  it('keep one link when both sides connect at once, and carry the sessions of both over it', async () => {
    const stage = await createStage();
    const kitchenAsked = registerAskedApp(stage.kitchen);
    const phoneAsked = registerAskedApp(stage.phone);
    const toPhone = createSession(kitchenAsked.app, stage.phone, { serviceName: 'one' });
    const toKitchen = createSession(phoneAsked.app, stage.kitchen, { serviceName: 'two' });

    const connecting = [
      kitchenAsked.app.abilityConnectionManager.connect(toPhone),
      phoneAsked.app.abilityConnectionManager.connect(toKitchen),
    ];
    const accepting = [
      acceptOffer(phoneAsked, await advanceUntil(stage.clock, phoneAsked.offers.next())).accepted,
      acceptOffer(kitchenAsked, await advanceUntil(stage.clock, kitchenAsked.offers.next())).accepted,
    ];
    const results = await advanceUntil(stage.clock, Promise.all(connecting));
    await advanceUntil(stage.clock, Promise.all(accepting));

    expect(results.map(({ isConnected }) => isConnected)).toEqual([true, true]);
    await kitchenAsked.app.abilityConnectionManager.sendMessage(toPhone, 'still there');
    await phoneAsked.app.abilityConnectionManager.sendMessage(toKitchen, 'here, too');
  });

  it('say PEER_APP_EXIT to the other side when the broker closes', async () => {
    const stage = await createStage();
    const { kitchen } = await connectedPair(stage);

    await stage.phone.broker.close();
    const heard = await advanceUntil(stage.clock, kitchen.heard.disconnect.next());

    expect(heard.reason).toBe(DisconnectReason.PEER_APP_EXIT);
  });

  it('give a session up when the link stays away longer than the resume window', async () => {
    const stage = await createStage();
    const { kitchen, phone } = await connectedPair(stage);
    stage.air.partition('kitchen', 'phone');
    stage.air.cut('kitchen', 'phone');

    await advance(stage.clock, RESUME_WINDOW_MS + 1_000);

    for (const end of [kitchen, phone]) {
      expect(end.heard.disconnect.all).toEqual([
        { sessionId: end.sessionId, reason: DisconnectReason.NETWORK_DISCONNECTED },
      ]);
    }
  });
});
