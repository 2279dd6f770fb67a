import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { filter, firstValueFrom, ReplaySubject } from 'rxjs';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createBroker } from '../../src/broker/broker.js';
import { DisconnectReason } from '../../src/protocol/codes.js';
import { createAccount } from '../../src/transport/account.js';
import { createBleTransport } from '../../src/transport/ble/ble-transport.js';
import { createRadioProcess } from '../../src/transport/ble/process/radio-process.js';
import { createDeviceKeys, type DeviceKeys } from '../../src/transport/device-keys.js';
import {
  APP,
  type Asked,
  acceptOffer,
  connectedPair,
  type Device,
  type End,
  listen,
  registerAskedApp,
  SERVICE,
} from '../conformance/fixture.js';
import { createServedAir, type ServedAir } from '../transport/air/served.js';
import { type AirDevice, passPackets, sessionStates, startHub, startPeripheral, untilInRange } from './stage.js';
import { expectAllOnce, expectNoDisconnect, settle, startStream, startTraffic } from './traffic.js';

/** The radio process of the program, which first says who it is. */
const radioEntry = new URL('../transport/ble/whole-radio-child.mjs', import.meta.url);
const hubProgram = new URL('./hub-program.mjs', import.meta.url);
const DATA_BYTES = 100_000;

describe('a radio process that is killed in the middle of a transfer', { timeout: 60_000 }, () => {
  it.each(['kitchen', 'phone'] as const)('at the %s: the session is suspended and goes on', async (killed) => {
    const served = await createServedAir();
    const around = { air: served.air, account: createAccount() };
    const apart = await startApart(served, around.account, killed);
    const stage = {
      kitchen: killed === 'kitchen' ? apart.device : await startHub(around, 'kitchen'),
      phone: killed === 'phone' ? apart.device : await startPeripheral(around, 'phone'),
    };
    await Promise.all([untilInRange(stage.kitchen, stage.phone), untilInRange(stage.phone, stage.kitchen)]);
    const pair = await connectedPair(stage);
    const states = sessionStates(stage);
    const traffic = startTraffic(pair);
    await passPackets(around, 500);

    process.kill(await apart.processId(), 'SIGKILL');
    await settle(traffic);
    expectAllOnce(traffic);
    expectNoDisconnect(pair);
    expect(states[killed]).toEqual(['suspended', 'connected']);
  });
});

describe('a hub that is killed in the middle of a transfer and started again', { timeout: 60_000 }, () => {
  it('has delivered once what was acknowledged; the old session ends with PEER_APP_EXIT, and a new one works', async () => {
    const served = await createServedAir();
    const around = { air: served.air, account: createAccount() };
    const phone = await startPeripheral(around, 'phone');
    const asked = registerAskedApp(phone);
    const deviceKeys = createDeviceKeys();

    const first = startHubProgram(served, around.account, deviceKeys);
    const before = await acceptNext(phone, asked);
    const sending = startStream(before, before, 'data', 100);
    await first.until('texts 30');
    await first.until('data 2');
    await first.kill();

    const second = startHubProgram(served, around.account, deviceKeys);
    expect(await before.heard.disconnect.next()).toEqual({
      sessionId: before.sessionId,
      reason: DisconnectReason.PEER_APP_EXIT,
    });
    await sending.settled;
    expect(new Set(sending.refused)).toEqual(new Set(['sessionEnded']));
    expectDelivered(first.lines, before);

    const after = await acceptNext(phone, asked);
    await second.until('texts 30');
    await second.until('data 2');
    expectDelivered(second.lines, after);
    expect(after.heard.disconnect.all).toEqual([]);
  });
});

/** A device whose radio is a process of its own. */
async function startApart({ path }: ServedAir, account: string, name: 'kitchen' | 'phone') {
  const lines = new ReplaySubject<string>();
  const half = { [name === 'kitchen' ? 'central' : 'peripheral']: { type: 'h4', path, name } };
  const radio = createRadioProcess({ ...half, channel: 'raw' }, { log: (line) => lines.next(line), entry: radioEntry });
  const broker = await createBroker({ deviceId: name, account, transport: createBleTransport(radio) });
  onTestFinished(() => broker.close());
  const device: Device = { name, broker };
  return {
    device,
    async processId() {
      const line = await firstValueFrom(lines.pipe(filter((said) => said.startsWith('process '))));
      return Number(line.slice('process '.length));
    },
  };
}

function startHubProgram({ path }: ServedAir, account: string, deviceKeys: DeviceKeys) {
  const keys = { publicKey: hex(deviceKeys.publicKey), secretKey: hex(deviceKeys.secretKey) };
  const HUB = JSON.stringify({ path, account, keys, app: APP, serviceName: SERVICE, dataBytes: DATA_BYTES });
  const child = spawn(process.execPath, [hubProgram.pathname], {
    env: { PATH: process.env['PATH'], HUB },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const closed = once(child, 'close');
  const said = new ReplaySubject<string>();
  const lines: string[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => {
    lines.push(line);
    said.next(line);
  });
  return {
    lines,
    until: (wanted: string) => firstValueFrom(said.pipe(filter((line) => line === wanted))),
    /** Resolves when all it ever said was read. */
    async kill() {
      child.kill('SIGKILL');
      await closed;
    },
  };
}

async function acceptNext(phone: AirDevice, asked: Asked): Promise<End> {
  const { sessionId, accepted } = acceptOffer(asked, await asked.offers.next());
  const end = listen(phone, asked.app, sessionId);
  await accepted;
  return end;
}

/** What the hub says was acknowledged arrived once and in order; a little more may have arrived. */
function expectDelivered(lines: readonly string[], { heard }: End): void {
  const texts = heard.receiveMessage.all.map(({ msg }) => Number(msg));
  const data = heard.receiveData.all.map(({ data: piece }) => numberOf(piece));
  for (const [what, arrived] of [
    ['texts', texts],
    ['data', data],
  ] as const) {
    const acknowledged = lines
      .filter((line) => line.startsWith(what))
      .map((line) => Number(line.slice(what.length + 1)));
    expect(arrived).toEqual(arrived.map((_, index) => index));
    expect(arrived.slice(0, acknowledged.length)).toEqual(acknowledged);
  }
}

/** -1: not the piece that was sent. */
function numberOf(piece: ArrayBuffer | undefined): number {
  const bytes = new Uint8Array(piece ?? new ArrayBuffer(0));
  const [first = -1] = bytes;
  return bytes.length === DATA_BYTES && bytes.every((byte) => byte === first) ? first : -1;
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
