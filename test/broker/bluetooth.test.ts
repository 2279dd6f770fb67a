import { filter, firstValueFrom } from 'rxjs';
import { describe, expect, it, onTestFinished } from 'vitest';
import { SimulatedClock } from 'xstate';
import { createBroker } from '../../src/broker/broker.js';
import { ConnectErrorCode } from '../../src/protocol/codes.js';
import { createAccount } from '../../src/transport/account.js';
import { type Adapter, type Air, createAir } from '../../src/transport/air/air.js';
import { createAirTransport } from '../../src/transport/ble/air-transport.js';
import { connectBetween, createSession, type Device, registerApp, registerAskedApp } from '../conformance/fixture.js';

interface Stage {
  readonly air: Air;
  readonly account: string;
  readonly kitchen: Device & { readonly adapter: Adapter };
  readonly phone: Device & { readonly adapter: Adapter };
}

/** The kitchen is a central, the phone a peripheral; noble and bleno are real. They know each other once this is over. */
async function createStage(): Promise<Stage> {
  const air = createAir();
  onTestFinished(() => air.close());
  const account = createAccount();
  const start = async (name: string, role: 'central' | 'peripheral') => {
    const adapter = air.createAdapter();
    const transport = createAirTransport(air, { [role]: adapter });
    const broker = await createBroker({ deviceId: name, account, transport });
    onTestFinished(() => broker.close());
    return { name, broker, adapter };
  };
  const stage = { air, account, kitchen: await start('kitchen', 'central'), phone: await start('phone', 'peripheral') };
  await Promise.all([sees(stage.kitchen, 'phone'), sees(stage.phone, 'kitchen')]);
  return stage;
}

async function sees({ broker }: Device, deviceId: string): Promise<void> {
  await firstValueFrom(broker.devices$.pipe(filter((devices) => devices.some((each) => each.deviceId === deviceId))));
}

const isLinked = ({ broker }: Device) =>
  firstValueFrom(broker.nearby$.pipe(filter((devices) => devices.some((device) => device.isLinked))));

describe('two brokers over Bluetooth LE', () => {
  it('know each other by their cards before there is a link', async () => {
    const { kitchen, phone } = await createStage();
    expect(kitchen.broker.listDevices()).toEqual([{ networkId: 'phone', deviceId: 'phone', deviceName: 'phone' }]);
    const [nearby] = await firstValueFrom(phone.broker.nearby$);
    expect(nearby).toMatchObject({ deviceId: 'kitchen', isOurs: true, isLinked: false });
  });

  it('connect when the app of the central asks', async () => {
    const { kitchen, phone } = await createStage();
    const pair = await connectBetween({ kitchen, phone }, registerApp(kitchen), registerAskedApp(phone));
    await pair.kitchen.manager.sendMessage(pair.kitchen.sessionId, 'over the air');
    expect((await pair.phone.heard.receiveMessage.next()).msg).toBe('over the air');
  });

  it('connect when the app of the peripheral asks: the central dials', async () => {
    const { kitchen, phone } = await createStage();
    const pair = await connectBetween(
      { kitchen: phone, phone: kitchen },
      registerApp(phone),
      registerAskedApp(kitchen),
    );
    await pair.phone.manager.sendMessage(pair.phone.sessionId, 'hello phone');
    expect((await pair.kitchen.heard.receiveMessage.next()).msg).toBe('hello phone');
    const [nearby] = await isLinked(kitchen);
    expect(nearby).toMatchObject({ deviceId: 'phone', isLinked: true });
  });

  it('connect as soon as the central has dialled, whichever device id is smaller', async () => {
    const { air, account, kitchen } = await createStage();
    const transport = createAirTransport(air, { peripheral: air.createAdapter() });
    // Its time stands still: no attempt here ends by a timeout.
    const broker = await createBroker({ deviceId: 'a lamp', account, transport, clock: new SimulatedClock() });
    onTestFinished(() => broker.close());
    const lamp = { name: 'a lamp', broker };
    await Promise.all([sees(kitchen, 'a lamp'), sees(lamp, 'kitchen')]);
    await connectBetween({ kitchen: lamp, phone: kitchen }, registerApp(lamp), registerAskedApp(kitchen));
  });

  it('go on with their session after a partition, nothing lost and nothing doubled', async () => {
    const { air, kitchen, phone } = await createStage();
    const pair = await connectBetween({ kitchen, phone }, registerApp(kitchen), registerAskedApp(phone));
    air.partition(kitchen.adapter, phone.adapter);
    const sending = pair.kitchen.manager.sendMessage(pair.kitchen.sessionId, 'while away');
    await firstValueFrom(kitchen.broker.nearby$.pipe(filter((devices) => !devices.some((device) => device.isLinked))));
    air.heal(kitchen.adapter, phone.adapter);
    await sending;
    await pair.kitchen.manager.sendMessage(pair.kitchen.sessionId, 'back');
    expect((await pair.phone.heard.receiveMessage.next()).msg).toBe('while away');
    expect((await pair.phone.heard.receiveMessage.next()).msg).toBe('back');
    expect(pair.phone.heard.disconnect.all).toEqual([]);
  });

  it.each([
    ['central', 'kitchen', 'phone'],
    ['peripheral', 'phone', 'kitchen'],
  ] as const)('say code 2 where the radio of the %s is off, and code 3 over there', async (_, off, on) => {
    const stage = await createStage();
    const { kitchen, phone } = stage;
    const caller = registerApp(kitchen);
    const asked = registerAskedApp(phone);
    await connectBetween({ kitchen, phone }, caller, asked);
    const here = { device: stage[off], app: off === 'kitchen' ? caller : asked.app };
    const there = { device: stage[on], app: on === 'kitchen' ? caller : asked.app };

    stage[off].adapter.setPower(false);
    const offState$ = here.device.broker.radio$.pipe(filter((state) => state === 'poweredOff'));
    await firstValueFrom(offState$);
    const fromHere = createSession(here.app, there.device, { serviceName: 'another' });
    const fromThere = createSession(there.app, here.device, { serviceName: 'a third' });
    const results = await Promise.all([
      here.app.abilityConnectionManager.connect(fromHere),
      there.app.abilityConnectionManager.connect(fromThere),
    ]);

    expect(results.map(({ errorCode }) => errorCode)).toEqual([
      ConnectErrorCode.LOCAL_WIFI_NOT_OPEN,
      ConnectErrorCode.PEER_WIFI_NOT_OPEN,
    ]);
  });

  it('come back by themselves when the radio is switched on again', async () => {
    const { kitchen, phone } = await createStage();
    const pair = await connectBetween({ kitchen, phone }, registerApp(kitchen), registerAskedApp(phone));
    phone.adapter.setPower(false);
    await firstValueFrom(phone.broker.radio$.pipe(filter((state) => state === 'poweredOff')));
    const sending = pair.phone.manager.sendMessage(pair.phone.sessionId, 'after the pause');
    phone.adapter.setPower(true);
    await sending;
    expect((await pair.kitchen.heard.receiveMessage.next()).msg).toBe('after the pause');
  });
});
