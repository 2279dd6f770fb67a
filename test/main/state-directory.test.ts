import { chmod, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createPrivateFile, readIfThere, writePrivateFile } from '../../src/main/private-file.js';
import { findStateDirectory, prepareStateDirectory } from '../../src/main/state-directory.js';
import { makeTemporaryDirectory } from './recorded-io.js';

describe('state directory', () => {
  it('is the option, else TANDEM_STATE_DIR, else below XDG_STATE_HOME, else below the home directory', () => {
    const env = { HOME: '/home/ada', XDG_STATE_HOME: '/state', TANDEM_STATE_DIR: '/own' };
    expect(findStateDirectory('/given', env)).toBe('/given');
    expect(findStateDirectory(undefined, env)).toBe('/own');
    expect(findStateDirectory(undefined, { ...env, TANDEM_STATE_DIR: '' })).toBe('/state/tandem');
    expect(findStateDirectory(undefined, { HOME: '/home/ada' })).toBe('/home/ada/.local/state/tandem');
  });

  it('ignores a relative XDG_STATE_HOME, as the specification asks', () => {
    expect(findStateDirectory(undefined, { HOME: '/home/ada', XDG_STATE_HOME: 'state' })).toBe(
      '/home/ada/.local/state/tandem',
    );
  });

  it('is made for its owner only, with every directory above it that is missing', async () => {
    const directory = join(await makeTemporaryDirectory(), 'above', 'tandem');
    await prepareStateDirectory(directory);
    expect((await stat(directory)).mode & 0o777).toBe(0o700);
    expect((await stat(join(directory, '..'))).mode & 0o777).toBe(0o700);
  });

  it('is refused, and left as it is, when others may enter it', async () => {
    const directory = join(await makeTemporaryDirectory(), 'open');
    await mkdir(directory);
    await chmod(directory, 0o755);
    await expect(prepareStateDirectory(directory)).rejects.toMatchObject({
      message: expect.stringContaining('mode 755'),
      advice: expect.arrayContaining([`Close it with: chmod 700 ${directory}`]),
    });
    expect((await stat(directory)).mode & 0o777).toBe(0o755);
  });

  it('is refused with the reason when a file stands in its place', async () => {
    const path = join(await makeTemporaryDirectory(), 'file');
    await writeFile(path, '');
    await expect(prepareStateDirectory(path)).rejects.toThrow(/cannot be made: something else is there/);
  });
});

describe('private file', () => {
  it('is readable by its owner only, also when it replaces one that was not', async () => {
    const path = join(await makeTemporaryDirectory(), 'token');
    await writeFile(path, 'old', { mode: 0o644 });
    await writePrivateFile(path, 'new');
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(await readFile(path, 'utf8')).toBe('new');
  });

  it('is created once: a second creation changes nothing and says so', async () => {
    const path = join(await makeTemporaryDirectory(), 'account');
    expect(await createPrivateFile(path, 'first')).toBe(true);
    expect(await createPrivateFile(path, 'second')).toBe(false);
    expect(await readFile(path, 'utf8')).toBe('first');
    expect((await stat(path)).mode & 0o777).toBe(0o600);
  });

  it('is created by exactly one of many at once', async () => {
    const path = join(await makeTemporaryDirectory(), 'account');
    const outcomes = await Promise.all(Array.from({ length: 20 }, (_, index) => createPrivateFile(path, `${index}`)));
    expect(outcomes.filter(Boolean)).toHaveLength(1);
    expect(await readFile(path, 'utf8')).toBe(`${outcomes.indexOf(true)}`);
  });

  it('leaves no draft behind', async () => {
    const directory = await makeTemporaryDirectory();
    await writePrivateFile(join(directory, 'token'), 'text');
    await createPrivateFile(join(directory, 'token'), 'text');
    expect(await readdir(directory)).toEqual(['token']);
  });

  it('reads as undefined when it is not there, and fails on anything else', async () => {
    const directory = await makeTemporaryDirectory();
    expect(await readIfThere(join(directory, 'missing'))).toBeUndefined();
    await expect(readIfThere(directory)).rejects.toThrow(/EISDIR/);
  });
});
