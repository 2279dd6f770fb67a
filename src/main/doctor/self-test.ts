/** Two devices on a simulated air, for a moment: shows that everything above the radio works on this machine. */
import { filter, firstValueFrom } from 'rxjs';
import { createBroker } from '../../broker/broker.js';
import type { App, Broker } from '../../broker/interface.js';
import { REQUIRED_PERMISSIONS } from '../../protocol/codes.js';
import { createAccount } from '../../transport/account.js';
import { createAir } from '../../transport/air/air.js';
import { createAirTransport } from '../../transport/ble/air-transport.js';
import { ECHO_APP, ECHO_SERVICE, registerEchoApp } from '../echo-app.js';
import type { SelfTestTimes } from './facts.js';

/** Rejects with what went wrong. The real noble is the hub, the real bleno the device; only the radio is simulated. */
export async function testOnAir(): Promise<SelfTestTimes> {
  const air = createAir();
  const account = createAccount();
  const brokers: Broker[] = [];
  async function start(deviceId: string, half: 'central' | 'peripheral'): Promise<Broker> {
    const transport = createAirTransport(air, { [half]: air.createAdapter({ name: deviceId }) });
    const broker = await createBroker({ deviceId, account, transport });
    brokers.push(broker);
    return broker;
  }
  try {
    const device = await start('self-test-device', 'peripheral');
    registerEchoApp(device);
    return await measure(await start('self-test-hub', 'central'), device.deviceId);
  } finally {
    await Promise.all(brokers.map((broker) => broker.close()));
    air.close();
  }
}

/** How long one step may take, in milliseconds; all together take a tenth of a second on a machine that has little else to do. */
const STEP_LIMIT_MS = 30_000;

async function within<Value>(step: string, work: Promise<Value>): Promise<Value> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`it took more than ${STEP_LIMIT_MS} ms to ${step}`)), STEP_LIMIT_MS);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

const CALLER = { bundleName: 'tandem.doctor', moduleName: 'entry', abilityName: 'SelfTest' };
const TEXT = 'there and back';

async function measure(hub: Broker, deviceId: string): Promise<SelfTestTimes> {
  const began = performance.now();
  await within('discover the device', discover(hub, deviceId));
  const discovered = performance.now();
  const app = hub.registerApp({ ...CALLER, permissions: REQUIRED_PERMISSIONS });
  const sessionId = await within('open a session', connect(app, deviceId));
  const connected = performance.now();
  await within('send a text there and back', echo(app, sessionId));
  const echoed = performance.now();
  return {
    discoverMs: Math.round(discovered - began),
    connectMs: Math.round(connected - discovered),
    echoMs: Math.round(echoed - connected),
  };
}

async function discover({ devices$ }: Broker, deviceId: string): Promise<void> {
  await firstValueFrom(devices$.pipe(filter((devices) => devices.some((device) => device.deviceId === deviceId))));
}

async function connect({ abilityConnectionManager, context }: App, deviceId: string): Promise<number> {
  const peer = { deviceId, ...ECHO_APP };
  const sessionId = abilityConnectionManager.createAbilityConnectionSession(ECHO_SERVICE, context, peer, {});
  const { isConnected, reason } = await abilityConnectionManager.connect(sessionId);
  if (!isConnected) throw new Error(`no session was opened: ${reason}`);
  return sessionId;
}

async function echo({ abilityConnectionManager: manager }: App, sessionId: number): Promise<void> {
  const answered = new Promise<void>((resolve, reject) => {
    manager.on('receiveMessage', sessionId, ({ msg }) =>
      msg === TEXT ? resolve() : reject(new Error('another text came back')),
    );
    manager.on('disconnect', sessionId, () => reject(new Error('the session ended before the text came back')));
  });
  answered.catch(() => {}); // awaited below; a failure may come earlier
  await manager.sendMessage(sessionId, TEXT);
  await answered;
}
