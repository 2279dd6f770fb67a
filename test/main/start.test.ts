import { readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createClient } from '../../src/client/client.js';
import { makeTemporaryDirectory } from './recorded-io.js';
import { runCommand, startService } from './running-service.js';

async function read(directory: string, name: string): Promise<string> {
  return readFile(join(directory, name), 'utf8');
}

/** A port that another program listens on. */
async function occupyPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const address = server.address();
  return typeof address === 'object' ? (address?.port ?? 0) : 0;
}

describe('tandem start', () => {
  it('keeps everything in files that only their owner may read', async () => {
    const directory = join(await makeTemporaryDirectory(), 'state');
    const service = await startService({ directory });
    expect((await stat(directory)).mode & 0o777).toBe(0o700);
    const names = await readdir(directory);
    expect(names).toEqual(
      expect.arrayContaining(['account', 'device-keys.json', 'gateway.json', 'token', 'tokens.json']),
    );
    const modes = await Promise.all(names.map(async (name) => (await stat(join(directory, name))).mode & 0o777));
    expect(new Set(modes)).toEqual(new Set([0o600]));
    await service.stop();
  });

  it('makes its secrets once, and keeps no token in plain text but that of this machine', async () => {
    const directory = await makeTemporaryDirectory();
    await (await startService({ directory })).stop();
    const first = await Promise.all(
      ['account', 'token', 'tokens.json', 'device-keys.json'].map((name) => read(directory, name)),
    );
    await (await startService({ directory })).stop();
    const second = await Promise.all(
      ['account', 'token', 'tokens.json', 'device-keys.json'].map((name) => read(directory, name)),
    );
    // When a token was used last is kept beside it.
    const withoutUse = (texts: readonly string[]) => texts.map((text) => text.replace(/,\s*"lastUsedAt": \d+/, ''));
    expect(withoutUse(second)).toEqual(withoutUse(first));
    expect(first[2]).not.toContain(first[1]?.trim());
    expect(first[1]).toMatch(/^[\w-]{43}\n$/);
  });

  it('replaces a token that was lost, and revokes the lost one', async () => {
    const directory = await makeTemporaryDirectory();
    await (await startService({ directory })).stop();
    const lost = (await read(directory, 'token')).trim();
    await rm(join(directory, 'token'));
    await startService({ directory });
    expect((await read(directory, 'token')).trim()).not.toBe(lost);
    const { url } = JSON.parse(await read(directory, 'gateway.json'));
    const client = createClient({ url, token: lost });
    await expect(client.ready()).rejects.toMatchObject({ kind: 'invalidToken' });
    await client.close();
  });

  it('ends cleanly when interrupted', async () => {
    const service = await startService();
    expect(await service.stop()).toBe(0);
    expect(await readdir(service.directory)).not.toEqual(expect.arrayContaining(['lock']));
    expect(await readdir(service.directory)).not.toEqual(expect.arrayContaining(['gateway.json']));
    expect(service.io.errLines).toEqual([]);
  });

  it('ends cleanly when interrupted before it is ready', async () => {
    const service = startService();
    const { stop } = await service;
    await stop();
    expect(await stop()).toBe(0);
  });

  it('refuses a state directory that is in use', async () => {
    const { directory } = await startService();
    const { exitCode, err } = await runCommand(directory, ['start', '--port', '0']);
    expect(exitCode).toBe(1);
    expect(err[0]).toContain(`already running with ${directory} (process ${process.pid})`);
  });

  it('says what to do when the port is in use, and leaves nothing behind', async () => {
    const directory = await makeTemporaryDirectory();
    const port = await occupyPort();
    const { exitCode, err } = await runCommand(directory, ['start', '--port', String(port)]);
    expect(exitCode).toBe(1);
    expect(err).toEqual([
      `tandem: Port ${port} on 127.0.0.1 is in use by another program.`,
      'Choose another with --port PORT; --port 0 takes any free one.',
    ]);
    expect(await readdir(directory)).not.toContain('lock');
    expect(await readdir(directory)).not.toContain('gateway.json');
  });

  it('says why it cannot listen elsewhere', async () => {
    const { exitCode, err } = await runCommand(await makeTemporaryDirectory(), ['start', '--host', '192.0.2.1']);
    expect(exitCode).toBe(1);
    expect(err.join('\n')).toMatch(/cannot listen on 192\.0\.2\.1, port 8420: .*EADDRNOTAVAIL/);
  });

  it('listens on loopback only, and warns when told to do otherwise', async () => {
    const quiet = await startService();
    expect(await read(quiet.directory, 'gateway.json')).toContain('ws://127.0.0.1:');
    expect(quiet.io.errLines).toEqual([]);
    const open = await startService({ args: ['--demo', '--host', '0.0.0.0'] });
    expect(open.io.errLines).toEqual([expect.stringContaining('not encrypted')]);
    expect((await runCommand(open.directory, ['devices'])).exitCode).toBe(0);
  });

  it('takes its name from the option, else from the configuration', async () => {
    const directory = await makeTemporaryDirectory();
    await writeFile(join(directory, 'config.json'), JSON.stringify({ deviceName: 'cellar' }));
    const configured = await startService({ directory, args: [] });
    expect(await configured.io.whenOut(/gateway at/)).toMatch(/^cellar: /);
    await configured.stop();
    const named = await startService({ directory, args: ['--name', 'attic'] });
    expect(await named.io.whenOut(/gateway at/)).toMatch(/^attic: /);
  });

  it('refuses a configuration that is wrong before it runs anything', async () => {
    const directory = await makeTemporaryDirectory();
    await writeFile(join(directory, 'config.json'), JSON.stringify({ gateway: { port: 'http' } }));
    const { exitCode, err } = await runCommand(directory, ['start']);
    expect(exitCode).toBe(1);
    expect(err).toEqual([
      'tandem: The configuration is not valid:',
      `  ${join(directory, 'config.json')}:1:20: gateway.port must be a whole number from 0 to 65535, not "http"`,
      'docs/configuration.md lists the settings.',
    ]);
    expect(await readdir(directory)).toEqual(['config.json']);
  });

  it('refuses sessions when collaboration is switched off', async () => {
    const directory = await makeTemporaryDirectory();
    await writeFile(join(directory, 'config.json'), JSON.stringify({ isCollaborationEnabled: false }));
    await startService({ directory });
    const { exitCode, err } = await runCommand(directory, ['send', 'phone', 'hello']);
    expect(exitCode).toBe(1);
    expect(err[0]).toContain('Capability not supported');
  });

  it('tells what to type next, for the state directory at hand', async () => {
    const { io } = await startService();
    expect(io.outLines).toEqual(expect.arrayContaining(['  npx tandem devices', '  npx tandem send phone "hello"']));
    const directory = await makeTemporaryDirectory();
    const other = await startService({ args: ['--demo', '--state-dir', directory] });
    expect(other.io.outLines).toContain(`  npx tandem devices --state-dir ${directory}`);
  });
});
