import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { filter, firstValueFrom } from 'rxjs';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { main as remoteClient } from '../examples/remote-client.js';
import { main as twoDevices } from '../examples/two-devices.js';
import { createBroker } from '../src/broker/broker.js';
import { createTokenStore } from '../src/broker/tokens.js';
import { createGateway } from '../src/gateway/gateway.js';
import { registerEchoApp } from '../src/main/echo-app.js';
import { REQUIRED_PERMISSIONS } from '../src/protocol/codes.js';
import { createAccount } from '../src/transport/account.js';
import { createMemoryAir } from '../src/transport/memory.js';

/** What an example prints, line by line. */
async function linesOf(main: () => Promise<void>): Promise<string[]> {
  const log = vi.spyOn(console, 'log').mockImplementation(() => {});
  const error = vi.spyOn(console, 'error').mockImplementation(() => {});
  try {
    await main();
    expect(error.mock.calls).toEqual([]);
    return log.mock.calls.map((values) => values.join(' '));
  } finally {
    log.mockRestore();
    error.mockRestore();
  }
}

/** A kitchen with a gateway, and a phone with the echo app: what `tandem start --demo` runs. */
async function startDemo() {
  const air = createMemoryAir();
  const account = createAccount();
  const [kitchen, phone] = await Promise.all(
    ['kitchen', 'phone'].map((deviceId) => createBroker({ deviceId, account, transport: air.transport(deviceId) })),
  );
  if (kitchen === undefined || phone === undefined) throw new Error('a device is missing');
  const tokens = await createTokenStore();
  const gateway = await createGateway({ broker: kitchen, tokens });
  onTestFinished(async () => {
    await gateway.close();
    await Promise.all([kitchen.close(), phone.close()]);
  });
  registerEchoApp(phone);
  await firstValueFrom(kitchen.devices$.pipe(filter((devices) => devices.length > 0)));
  const { token } = await tokens.create({
    name: 'example',
    bundleName: 'com.example.greeter',
    permissions: REQUIRED_PERMISSIONS,
    isSystemApp: false,
    scopes: ['read', 'drive'],
  });
  return { url: gateway.url, token, kitchen };
}

describe('examples/two-devices', () => {
  it('runs both programs of the reference to their end', async () => {
    const lines = await linesOf(twoDevices);
    const of = (device: string) =>
      lines.filter((line) => line.startsWith(device)).map((line) => line.slice(device.length + 2));
    expect(new Set(of('device A'))).toEqual(
      new Set([
        'getRemoteDeviceId begin',
        'createSession sessionId is 100',
        'connected to tablet',
        'sendMessage success',
        'sendData success',
        'receiveMessage, msg is all received',
        'disconnectRemoteAbility begin',
        'destroyAbilityConnectionSession called, app com.example.remotephotodemo',
      ]),
    );
    expect(new Set(of('device B'))).toEqual(
      new Set([
        'on collaborate',
        'createSession sessionId is 100',
        'session connect, sessionId is 100',
        'acceptConnect success',
        'receiveMessage, msg is message send success',
        'receiveData, data is data send success',
        'session disconnect, reason is 0',
      ]),
    );
  });
});

describe('examples/remote-client', () => {
  it('opens a session through the gateway, and gets back what it sends', async () => {
    const { url, token } = await startDemo();
    const lines = await linesOf(() => remoteClient(url, token));
    expect(lines.filter((line) => !line.startsWith('session'))).toEqual([
      'connected to the gateway of kitchen',
      'the echo says: hello from far away',
      'the echo sends 100000 bytes',
    ]);
    expect(lines).toEqual(expect.arrayContaining(['session 100 is connecting', 'session 100 is connected']));
  });

  it('leaves nothing behind', async () => {
    const { url, token, kitchen } = await startDemo();
    await linesOf(() => remoteClient(url, token));
    expect(kitchen.listSessions()).toEqual([]);
  });
});

describe('examples/raw-json', () => {
  it('does the same as a process of its own, with nothing but JSON over a WebSocket', async () => {
    const { url, token } = await startDemo();
    const program = fileURLToPath(new URL('../examples/raw-json.mjs', import.meta.url));
    const { stdout } = await promisify(execFile)(process.execPath, [program, url, token]);
    expect(stdout.trimEnd().split('\n')).toEqual([
      'the gateway is tandem, protocol 1',
      'registered as an app of com.example.greeter',
      'connected: true',
      'the echo says: hello in plain JSON',
      'the session is gone: 401',
    ]);
  });
});
