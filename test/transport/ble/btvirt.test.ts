import { setImmediate as turn } from 'node:timers/promises';
import { filter, firstValueFrom } from 'rxjs';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { createBroker } from '../../../src/broker/broker.js';
import type { Broker } from '../../../src/broker/interface.js';
import { ECHO_APP, ECHO_SERVICE, registerEchoApp } from '../../../src/main/echo-app.js';
import { REQUIRED_PERMISSIONS } from '../../../src/protocol/codes.js';
import { createAccount } from '../../../src/transport/account.js';
import { createBleRadio } from '../../../src/transport/ble/ble-radio.js';
import { createBleTransport } from '../../../src/transport/ble/ble-transport.js';
import { patternBytes } from '../../../src/transport/contract/stage.js';
import { DialError, type Link, type Transport } from '../../../src/transport/transport.js';
import { describeTransport } from '../contract.js';
import { BTVIRT_PATH, type Btvirt, startBtvirt, whyNoBtvirt } from './btvirt.js';

const obstacle = whyNoBtvirt();
/** A laptop may be without it; a CI run may not. */
const isSkipped = obstacle !== undefined && process.env['CI'] !== 'true';

const noSwitch = 'btvirt has no way to switch a controller off';
const noReminder =
  'btvirt tells of an advertisement once, where a radio does all the time: news between two visits is missed';
describe.skipIf(isSkipped)(isSkipped ? `btvirt: ${obstacle}` : 'btvirt', () => {
  let btvirt: Btvirt | undefined;

  beforeAll(async () => {
    btvirt = await startBtvirt();
  });

  afterAll(() => btvirt?.stop());

  describeTransport(
    'btvirt',
    () => ({
      createTransport: async (deviceId) =>
        patient(await createTransport(deviceId === 'left' ? 'central' : 'peripheral')),
      setRadio: () => expect.unreachable(noSwitch),
      close: () => {},
    }),
    ({ name, switchesRadio }) =>
      switchesRadio ? noSwitch : name.endsWith('shows what a device announced last') ? noReminder : undefined,
  );

  it('is refused while another one has its sockets', async () => {
    await expect(startBtvirt()).rejects.toThrow('another btvirt');
  });

  it('carries a whole session: texts and data there and back, and its end', async () => {
    const account = createAccount();
    const hub = await startBroker('hub', account, 'central');
    registerEchoApp(await startBroker('device', account, 'peripheral'));
    await firstValueFrom(hub.devices$.pipe(filter((devices) => devices.length > 0)));

    const app = hub.registerApp({ ...ECHO_APP, permissions: REQUIRED_PERMISSIONS });
    const manager = app.abilityConnectionManager;
    const peer = { deviceId: 'device', ...ECHO_APP };
    const session = manager.createAbilityConnectionSession(ECHO_SERVICE, app.context, peer, { needSendData: true });
    expect(await manager.connect(session)).toMatchObject({ isConnected: true });

    const texts: unknown[] = [];
    const data = patternBytes(16_384);
    const lastText = new Promise<void>((resolve) => {
      manager.on('receiveMessage', session, ({ msg }) => void (texts.push(msg) === 20 && resolve()));
    });
    const returned = new Promise((resolve) => manager.on('receiveData', session, (info) => resolve(info.data)));
    const sent = Array.from({ length: 20 }, (_, place) => `text ${place}`);
    await Promise.all(sent.map((text) => manager.sendMessage(session, text)));
    await manager.sendData(session, data.slice().buffer);
    await lastText;
    expect(texts).toEqual(sent);
    expect(await returned).toEqual(data.buffer);
    manager.disconnect(session);
  });
});

async function startBroker(deviceId: string, account: string, role: Role): Promise<Broker> {
  const broker = await createBroker({ deviceId, account, transport: await createTransport(role) });
  onTestFinished(() => broker.close());
  return broker;
}

type Role = 'central' | 'peripheral';

/** With a controller of its own, as soon as that is on. */
async function createTransport(role: Role): Promise<Transport> {
  const radio = createBleRadio({ [role]: { type: 'h4', path: BTVIRT_PATH } }, { log: () => {} });
  await firstValueFrom(radio.state$.pipe(filter((state) => state === 'poweredOn')));
  return createBleTransport(radio);
}

/** btvirt refuses a connection at once (0x3e) when the other side does not advertise at that moment, where a radio waits for it. Source: ble.md 2. */
function patient(transport: Transport): Transport {
  async function dial(...[deviceId, options]: Parameters<Transport['dial']>): Promise<Link> {
    while (true) {
      try {
        return await transport.dial(deviceId, options);
      } catch (error) {
        if (!(error instanceof DialError && error.failure === 'busy')) throw error;
        await turn();
      }
    }
  }
  return { ...transport, dial };
}
