import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { filter, firstValueFrom } from 'rxjs';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createBroker } from '../../src/broker/broker.js';
import { openDeviceState } from '../../src/main/device-state.js';
import { REQUIRED_PERMISSIONS } from '../../src/protocol/codes.js';
import type { DeviceKeys } from '../../src/transport/device-keys.js';
import { createMemoryAir } from '../../src/transport/memory.js';

function emptyDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'tandem-device-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  return directory;
}

function hexOf({ publicKey, secretKey }: DeviceKeys): string[] {
  return [publicKey, secretKey].map((key) => Buffer.from(key).toString('hex'));
}

describe('openDeviceState', () => {
  it('makes what a device is known by, and gives the same when it is opened again', async () => {
    const directory = join(emptyDirectory(), 'state');
    const first = await openDeviceState(directory);
    await first.close();
    expect(statSync(directory).mode & 0o777).toBe(0o700);
    const again = await openDeviceState(directory);
    expect([again.deviceId, again.account]).toEqual([first.deviceId, first.account]);
    expect(hexOf(again.deviceKeys)).toEqual(hexOf(first.deviceKeys));
    await again.close();
  });

  it('keeps the keys of devices that were met, once it is closed', async () => {
    const directory = join(emptyDirectory(), 'state');
    const state = await openDeviceState(directory);
    const air = createMemoryAir();
    const here = await createBroker({ ...state, transport: air.transport(state.deviceId) });
    const there = await createBroker({ deviceId: 'phone', account: state.account, transport: air.transport('phone') });
    await firstValueFrom(here.devices$.pipe(filter(({ length }) => length > 0)));
    const name = { bundleName: 'b', moduleName: 'm', abilityName: 'a' };
    const app = here.registerApp({ ...name, permissions: REQUIRED_PERMISSIONS });
    const manager = app.abilityConnectionManager;
    const id = manager.createAbilityConnectionSession('s', app.context, { deviceId: 'phone', ...name }, {});
    expect(await manager.connect(id)).toMatchObject({ isConnected: false });
    await Promise.all([here.close(), there.close()]);
    await state.close();
    expect(Object.keys(JSON.parse(readFileSync(join(directory, 'pinned-keys.json'), 'utf8')))).toEqual(['phone']);
    const again = await openDeviceState(directory);
    expect(again.pinnedKeys.check('phone', new Uint8Array(32))).toBe('changed');
    await again.close();
  });

  it('is for one at a time, and free again after a failure', async () => {
    const directory = join(emptyDirectory(), 'state');
    const state = await openDeviceState(directory);
    await expect(openDeviceState(directory)).rejects.toThrow(`already running with ${directory}`);
    await state.close();
    const keys = join(directory, 'device-keys.json');
    writeFileSync(keys, '{}');
    await expect(openDeviceState(directory)).rejects.toThrow(`${keys} is damaged.`);
    rmSync(keys);
    await (await openDeviceState(directory)).close();
  });

  it.skipIf(process.platform === 'win32')('refuses a directory that others may enter', async () => {
    const directory = emptyDirectory();
    chmodSync(directory, 0o755);
    await expect(openDeviceState(directory)).rejects.toThrow('others on this machine may enter it');
  });
});
