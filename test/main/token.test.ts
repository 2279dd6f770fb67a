import { readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createClient } from '../../src/client/client.js';
import { makeTemporaryDirectory } from './recorded-io.js';
import { runCommand, startService } from './running-service.js';

const CREATE = ['token', 'create', 'hall light', '--bundle', 'com.example.light'];

async function listed(directory: string): Promise<{ tokenId: string; name: string }[]> {
  return JSON.parse((await runCommand(directory, ['token', 'list', '--json'])).out.join(''));
}

describe('tandem token, while no broker runs', () => {
  it('makes a token that is shown once, and lists what it stands for', async () => {
    const directory = await makeTemporaryDirectory();
    const { exitCode, out, err } = await runCommand(directory, [...CREATE, '--scopes', 'read', '--expires', '30d']);
    expect(exitCode).toBe(0);
    expect(out).toEqual([expect.stringMatching(/^[\w-]{43}$/)]);
    expect(err.join()).toContain('shown this once');
    const list = await runCommand(directory, ['token', 'list']);
    expect(list.out[1]).toMatch(
      /^[0-9a-f]{12} +hall light +com\.example\.light +read +never +\d{4}-\d\d-\d\d \d\d:\d\d[+-]\d\d:\d\d$/,
    );
    const everything = list.out.join() + (await readFile(join(directory, 'tokens.json'), 'utf8'));
    expect(everything).not.toContain(out[0]);
  });

  it('writes the token to a file that only its owner may read, and never over another', async () => {
    const directory = await makeTemporaryDirectory();
    const path = join(directory, 'light.token');
    const first = await runCommand(directory, [...CREATE, '--out', path]);
    const [{ tokenId } = { tokenId: '' }] = await listed(directory);
    expect(first).toEqual({ exitCode: 0, out: [`Token ${tokenId} is in ${path}.`], err: [] });
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    const before = await readFile(path, 'utf8');
    const second = await runCommand(directory, [...CREATE, '--out', path]);
    expect([second.exitCode, second.err[0]]).toEqual([1, `tandem: There is a file already: ${path}.`]);
    expect(await readFile(path, 'utf8')).toBe(before);
    expect(await listed(directory)).toHaveLength(1);
  });

  it('revokes by id or by a name that only one has', async () => {
    const directory = await makeTemporaryDirectory();
    for (let count = 0; count < 2; count += 1) await runCommand(directory, CREATE);
    const [first, second] = (await listed(directory)).map(({ tokenId }) => tokenId);
    const unclear = await runCommand(directory, ['token', 'revoke', 'hall light']);
    expect(unclear.err).toEqual([
      'tandem: Several tokens are named "hall light".',
      `Name one by its id: ${first}, ${second}`,
    ]);
    for (const named of [`${first}`, 'hall light']) {
      expect((await runCommand(directory, ['token', 'revoke', named])).exitCode).toBe(0);
    }
    expect(await listed(directory)).toEqual([]);
    expect((await runCommand(directory, ['token', 'revoke', 'hall light'])).exitCode).toBe(1);
  });

  it.each([
    [['create']],
    [['create', 'light']],
    [['create', 'light', '--bundle', 'b', '--scopes', 'all']],
    [['create', 'light', '--bundle', 'b', '--expires', '0d']],
    [['create', 'light', '--bundle', 'b', '--expires', 'soon']],
    [['list', 'all']],
    [['revoke']],
    [['show', 'light']],
    [[]],
  ])('refuses %j as a wrong command line, and makes nothing', async (words) => {
    const directory = await makeTemporaryDirectory();
    expect(await runCommand(directory, ['token', ...words])).toMatchObject({ exitCode: 2, out: [] });
    expect(await listed(directory)).toEqual([]);
  });

  it('works where a broker was killed and left word of itself', async () => {
    const directory = await makeTemporaryDirectory();
    await writeFile(join(directory, 'gateway.json'), '{"url":"ws://127.0.0.1:1/v1/ws","pid":1}');
    await writeFile(join(directory, 'token'), 'stale');
    expect((await runCommand(directory, CREATE)).exitCode).toBe(0);
  });
});

describe('tandem token, while a broker runs', () => {
  it('makes a token that works at once, lists its use, and ends its connection when revoked', async () => {
    const { directory } = await startService({ args: ['--demo'] });
    const token = (await runCommand(directory, CREATE)).out[0] ?? '';
    const { url } = JSON.parse(await readFile(join(directory, 'gateway.json'), 'utf8'));
    const client = createClient({ url, token, isReconnecting: false });
    expect(await client.ready()).toMatchObject({ name: 'hall light', scopes: ['read', 'drive'] });
    const ended = new Promise((resolve) => client.onStateChange((state) => state.type === 'closed' && resolve(state)));
    expect((await runCommand(directory, ['token', 'revoke', 'hall light'])).exitCode).toBe(0);
    expect(await ended).toMatchObject({ error: { kind: 'connectionRefused' } });
    await client.close();
  });

  it('does not revoke the token that it uses itself', async () => {
    const { directory } = await startService();
    const { exitCode, err } = await runCommand(directory, ['token', 'revoke', 'command line']);
    expect([exitCode, err[0]]).toEqual([1, expect.stringContaining('does not revoke itself')]);
    expect(await listed(directory)).toMatchObject([{ name: 'command line' }]);
  });

  it('needs a token with scope admin', async () => {
    const { directory } = await startService();
    const path = join(directory, 'light.token');
    await runCommand(directory, [...CREATE, '--out', path]);
    const { exitCode, err } = await runCommand(directory, ['token', 'list', '--token-file', path]);
    expect([exitCode, err[0]]).toEqual([1, expect.stringContaining('scope admin')]);
    await rm(path);
  });
});
