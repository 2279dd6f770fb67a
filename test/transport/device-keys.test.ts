import { execFile } from 'node:child_process';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { MAX_PINNED_DEVICES } from '../../src/protocol/limits.js';
import { hex } from '../../src/transport/contract/stage.js';
import { createDeviceKeys, createPinnedKeys, fingerprint } from '../../src/transport/device-keys.js';
import { upTo } from '../support/links.js';
import { agree } from '../support/noise-by-the-book.js';

const [first, second] = [createDeviceKeys().publicKey, createDeviceKeys().publicKey];

describe('device keys', () => {
  it('are X25519 pairs: Node agrees on the secret two of them share', () => {
    const [here, there] = [createDeviceKeys(), createDeviceKeys()];
    expect(hex(agree(here, there.publicKey))).toBe(hex(agree(there, here.publicKey)));
  });

  it('are fresh every time', () => {
    expect(hex(first)).not.toBe(hex(second));
  });

  it('come out whenever memory is collected meanwhile', async () => {
    const module = JSON.stringify(pathToFileURL('dist/transport/device-keys.js'));
    const program = `import { createDeviceKeys } from ${module};
      for (let made = 0; made < 20_000; made += 1) createDeviceKeys();
      console.log('made');`;
    // Collecting at every slow allocation, a process stopped for ever within as many pairs when keys were exported from a KeyObject.
    const options = ['--gc-interval=1', '--input-type=module', '--eval', program];
    const { stdout } = await promisify(execFile)(process.execPath, options, {
      timeout: 100_000,
      killSignal: 'SIGKILL',
    });
    expect(stdout).toBe('made\n');
  }, 120_000);

  it('have a fingerprint that people can compare', () => {
    expect(fingerprint(new Uint8Array(32))).toBe('6668 7aad f862 bd77');
  });
});

describe('pinned keys', () => {
  it('take the first key of a device, and no other one afterwards', () => {
    const pins = createPinnedKeys();
    expect(pins.check('kitchen', first)).toBe('new');
    expect(pins.check('kitchen', first)).toBe('same');
    expect(pins.check('kitchen', second)).toBe('changed');
    expect(pins.check('kitchen', first)).toBe('same');
    expect(pins.check('hall', second)).toBe('new');
  });

  it('know the keys of earlier runs', () => {
    const pins = createPinnedKeys([['kitchen', hex(first)]]);
    expect(pins.check('kitchen', second)).toBe('changed');
    expect(pins.check('kitchen', first)).toBe('same');
  });

  it('tell each new key once, so that it can be kept', () => {
    const told: [string, string][] = [];
    const pins = createPinnedKeys([], (deviceId, key) => told.push([deviceId, key]));
    pins.check('kitchen', first);
    pins.check('kitchen', first);
    pins.check('kitchen', second);
    expect(told).toEqual([['kitchen', hex(first)]]);
  });

  it('forget the device not met for longest when there are too many', () => {
    const pins = createPinnedKeys(upTo(MAX_PINNED_DEVICES).map((number) => [`device ${number}`, hex(first)]));
    expect(pins.check('device 0', first)).toBe('same');
    expect(pins.check('one more', first)).toBe('new');
    expect(pins.check('device 0', second)).toBe('changed');
    expect(pins.check('device 1', second)).toBe('new');
  });
});
