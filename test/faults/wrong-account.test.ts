import { filter, firstValueFrom } from 'rxjs';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createLinkOpener } from '../../src/broker/open-link.js';
import { ConnectErrorCode } from '../../src/protocol/codes.js';
import { accountTag, createAccount, parseAccount } from '../../src/transport/account.js';
import { createDeviceKeys, createPinnedKeys } from '../../src/transport/device-keys.js';
import { LinkOpenError } from '../../src/transport/open-frame-link.js';
import { connectBetween, createSession, registerApp, registerAskedApp } from '../conformance/fixture.js';
import { type AirDevice, createTransport, createVirtualStage, pass, startPeripheral } from './stage.js';
import { expectAllOnce, settle, startTraffic } from './traffic.js';

async function createScene() {
  const stage = await createVirtualStage();
  const apps = { caller: registerApp(stage.kitchen), asked: registerAskedApp(stage.phone) };
  const pair = await pass(stage, connectBetween(stage, apps.caller, apps.asked));
  return { stage, apps, pair, traffic: startTraffic(pair) };
}

/** Shows itself as a device of the account without holding the key: it has only got hold of what the radio needs. */
async function addThief({ stage }: Awaited<ReturnType<typeof createScene>>): Promise<AirDevice> {
  const transport = createTransport(stage, 'peripheral');
  onTestFinished(() => pass(stage, transport.close()));
  const deviceId = 'thief';
  transport.announce({ deviceId, deviceName: deviceId, accountTag: accountTag(parseAccount(stage.account)) });
  const accountKey = parseAccount(createAccount());
  const identity = { deviceId, deviceName: deviceId, epoch: 'epoch', accountKey, keys: createDeviceKeys() };
  const opener = createLinkOpener(transport, { identity, clock: stage.time.clock, pinnedKeys: createPinnedKeys() });
  transport.incoming$.subscribe((link) => {
    opener.answer(link, new AbortController().signal).catch((error: unknown) => {
      if (!(error instanceof LinkOpenError)) throw error;
    });
  });
  return { ...stage.phone, name: deviceId };
}

describe('a device of another account', () => {
  it('is a nameless stranger to the hub: connect finds nobody, and another session does not notice', async () => {
    const { stage, apps, traffic } = await createScene();
    const other = { ...stage, account: createAccount() };
    const neighbour = await startPeripheral(other, 'neighbour');
    const strangers$ = stage.kitchen.broker.nearby$.pipe(filter((devices) => devices.some(({ isOurs }) => !isOurs)));
    const seen = await pass(stage, firstValueFrom(strangers$));
    expect(seen.find(({ isOurs }) => !isOurs)).toMatchObject({ deviceName: '', isLinked: false });
    expect(seen.map(({ deviceId }) => deviceId)).not.toContain('neighbour');

    const connecting = apps.caller.abilityConnectionManager.connect(createSession(apps.caller, neighbour));
    const [result] = await pass(stage, Promise.all([connecting, settle(traffic)]));
    expect(result).toEqual({
      isConnected: false,
      errorCode: ConnectErrorCode.SYSTEM_INTERNAL_ERROR,
      reason: 'no answer within the connect timeout: neighbour is not in range',
    });
    expectAllOnce(traffic);
  });

  it('that shows itself as one of ours does not pass the handshake: connect says so, and another session does not notice', async () => {
    const scene = await createScene();
    const { stage, apps, traffic } = scene;
    const thief = await addThief(scene);
    const connecting = apps.caller.abilityConnectionManager.connect(createSession(apps.caller, thief));
    const [result] = await pass(stage, Promise.all([connecting, settle(traffic)]));
    expect(result).toEqual({
      isConnected: false,
      errorCode: ConnectErrorCode.SYSTEM_INTERNAL_ERROR,
      reason: 'the peer does not share the account',
    });
    expectAllOnce(traffic);
  });
});
