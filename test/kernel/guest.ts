/** What the guest runs: sessions of one hub with three devices, over real kernel adapters. See docs/kernel-test.md. */
import { equal } from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { filter, firstValueFrom } from 'rxjs';
import { ConnectErrorCode, REQUIRED_PERMISSIONS } from '../../src/protocol/codes.js';
import { type EchoSession, openEchoSession } from './echo-session.js';
import { type Brokers, closeAll, createRadios, DEVICE_NAMES, heardBy, type Radios, startBrokers } from './stage.js';
import { planChecks, say } from './tap.js';
import { setUp } from './vhci.js';

const APP = { bundleName: 'org.example.kernel', moduleName: 'entry', abilityName: 'KernelTest' };
const DATA = Uint8Array.from({ length: 64 * 1_024 }, (_, place) => place * 7 + (place >> 8));

const check = planChecks(13);

async function main(): Promise<void> {
  const radios = await check('the kernel takes four adapters', createRadios);
  await check('tandem doctor finds them', doctorIsContent);
  const brokers = await check('four radio processes start on native sockets', () => startBrokers(radios));
  await check('the hub hears three devices', () => heardBy(brokers.hub, DEVICE_NAMES));
  const sessions = await check('sessions open on all three', () => openSessions(brokers));
  const [one, two, three] = sessions;
  await check('texts come back from all three, in order', () => all(sessions, (it) => it.exchange(texts(20))));
  await check('64 KiB of data come back from all three', () => all(sessions, (it) => it.exchangeData(DATA)));
  await surviveCut(radios, one, two);
  await survivePowerOff(radios, brokers, three);
  await check('all end in order', () => closeAll(brokers));
}

type Sessions = readonly [one: EchoSession, two: EchoSession, three: EchoSession];

async function openSessions({ hub }: Brokers): Promise<Sessions> {
  const app = hub.registerApp({ ...APP, permissions: REQUIRED_PERMISSIONS });
  const open = (deviceId: string) => openEchoSession(hub, app, deviceId);
  return Promise.all([open('one'), open('two'), open('three')]);
}

async function surviveCut({ air, hub, devices }: Radios, one: EchoSession, two: EchoSession): Promise<void> {
  let waiting = Promise.resolve();
  await check('a cut suspends the session with the second device', async () => {
    air.partition(hub.adapter, devices.two.adapter);
    waiting = two.exchange(texts(50));
    await two.reaches('suspended');
  });
  await check('the session with the first goes on meanwhile', () => one.exchange(texts(5)));
  await check('after the cut nothing is lost, doubled or out of order', async () => {
    air.heal(hub.adapter, devices.two.adapter);
    await waiting;
    await two.exchange(texts(5));
  });
}

/** The kernel lets go of the adapter, and the hardware falls silent with it, as one does that has no driver. */
async function survivePowerOff({ devices }: Radios, brokers: Brokers, three: EchoSession): Promise<void> {
  const { adapter, number } = devices.three;
  await check('an adapter that goes down suspends its session, and connect there gives code 2', async () => {
    await setUp(number, false);
    adapter.setPower(false);
    await three.reaches('suspended');
    await firstValueFrom(brokers.devices.three.radio$.pipe(filter((state) => state === 'poweredOff')));
    equal(await connectFromThree(brokers), ConnectErrorCode.LOCAL_WIFI_NOT_OPEN);
  });
  await check('its session resumes when the adapter is back', async () => {
    const waiting = three.exchange(texts(20));
    adapter.setPower(true);
    await setUp(number, true);
    await waiting;
  });
}

async function connectFromThree({ devices }: Brokers): Promise<ConnectErrorCode | undefined> {
  const app = devices.three.registerApp({ ...APP, permissions: REQUIRED_PERMISSIONS });
  const manager = app.abilityConnectionManager;
  const peer = { deviceId: 'hub', ...APP };
  const sessionId = manager.createAbilityConnectionSession('kernel', app.context, peer, { needSendData: true });
  const { errorCode } = await manager.connect(sessionId);
  app.close();
  return errorCode;
}

async function doctorIsContent(): Promise<void> {
  const doctor = spawn(process.execPath, ['bin/tandem.js', 'doctor'], { stdio: ['ignore', 'pipe', 'inherit'] });
  doctor.stdout.setEncoding('utf8').on('data', (text: string) => {
    for (const line of text.trimEnd().split('\n')) say(`# doctor: ${line}`);
  });
  const [status] = await once(doctor, 'close');
  equal(status, 0, `tandem doctor ended with exit status ${status}`);
}

async function all(sessions: Sessions, exchange: (session: EchoSession) => Promise<void>): Promise<void> {
  await Promise.all(sessions.map(exchange));
}

function texts(count: number): readonly string[] {
  return Array.from({ length: count }, (_, place) => `text ${place}`);
}

await main().catch((error: unknown) => say(`# ended: ${error}`));
// Not `exit`: it would wait for the threads that wait at the adapters.
process.stdout.write('', () => process.kill(process.pid, 'SIGKILL'));
