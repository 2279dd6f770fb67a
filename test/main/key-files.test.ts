import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openAccount } from '../../src/main/account-file.js';
import { openDeviceKeys, openPinnedKeys } from '../../src/main/key-files.js';
import { createDeviceKeys } from '../../src/transport/device-keys.js';
import { makeTemporaryDirectory } from './recorded-io.js';

describe('key files', () => {
  it('keep the account and the device keys of the first start, for their owner only', async () => {
    const directory = await makeTemporaryDirectory();
    const [account, keys] = [await openAccount(directory), await openDeviceKeys(join(directory, 'device-keys.json'))];
    expect(await openAccount(directory)).toBe(account);
    const again = await openDeviceKeys(join(directory, 'device-keys.json'));
    expect(Buffer.from(again.publicKey).equals(keys.publicKey)).toBe(true);
    expect(Buffer.from(again.secretKey).equals(keys.secretKey)).toBe(true);
    for (const name of ['account', 'device-keys.json']) {
      expect((await stat(join(directory, name))).mode & 0o777).toBe(0o600);
    }
  });

  it('remember pins across starts', async () => {
    const directory = await makeTemporaryDirectory();
    const [phone, watch, stranger] = [createDeviceKeys(), createDeviceKeys(), createDeviceKeys()];
    const first = await openPinnedKeys(directory);
    expect(first.pinnedKeys.check('phone', phone.publicKey)).toBe('new');
    expect(first.pinnedKeys.check('watch', watch.publicKey)).toBe('new');
    await first.settle();
    const second = await openPinnedKeys(directory);
    expect(second.pinnedKeys.check('phone', phone.publicKey)).toBe('same');
    expect(second.pinnedKeys.check('watch', stranger.publicKey)).toBe('changed');
    expect((await stat(join(directory, 'pinned-keys.json'))).mode & 0o777).toBe(0o600);
  });

  it('keep a pin named like a property of every object', async () => {
    const directory = await makeTemporaryDirectory();
    const { publicKey } = createDeviceKeys();
    const first = await openPinnedKeys(directory);
    first.pinnedKeys.check('__proto__', publicKey);
    await first.settle();
    expect((await openPinnedKeys(directory)).pinnedKeys.check('__proto__', publicKey)).toBe('same');
  });

  it('say so when a pin cannot be written', async () => {
    const missing = join(await makeTemporaryDirectory(), 'missing');
    const { pinnedKeys, settle } = await openPinnedKeys(missing);
    pinnedKeys.check('phone', createDeviceKeys().publicKey);
    await expect(settle()).rejects.toThrow(/ENOENT/);
  });

  it.each([
    ['device-keys.json', '{"publicKey":"00"}'],
    ['device-keys.json', '{}'],
    ['device-keys.json', 'null'],
  ])('are refused when damaged, without repeating them: %s holding %s', async (name, text) => {
    const directory = await makeTemporaryDirectory();
    await writeFile(join(directory, name), text);
    await expect(openDeviceKeys(join(directory, name))).rejects.toThrow(`${join(directory, name)} is damaged.`);
    expect(await readFile(join(directory, name), 'utf8')).toBe(text);
  });

  it('are refused when the pins are damaged', async () => {
    const directory = await makeTemporaryDirectory();
    await writeFile(join(directory, 'pinned-keys.json'), '{"phone":');
    await expect(openPinnedKeys(directory)).rejects.toThrow('pinned-keys.json is damaged.');
  });
});
