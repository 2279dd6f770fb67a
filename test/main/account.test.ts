import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { run } from '../../src/main/run.js';
import { createAccount } from '../../src/transport/account.js';
import { createRecordedIo, makeTemporaryDirectory, type RecordedIo } from './recorded-io.js';

async function runAccount(
  directory: string,
  args: string[],
  input?: string,
): Promise<RecordedIo & { exitCode: number }> {
  const io = createRecordedIo({ env: { TANDEM_STATE_DIR: directory }, ...(input !== undefined && { input }) });
  const exitCode = await run(['account', ...args], io);
  return { ...io, exitCode };
}

describe('tandem account', () => {
  it('create keeps a fresh key for its owner only and prints its fingerprint, not the key', async () => {
    const directory = join(await makeTemporaryDirectory(), 'state');
    const { exitCode, outLines } = await runAccount(directory, ['create']);
    const path = join(directory, 'account');
    const key = (await readFile(path, 'utf8')).trim();
    expect(exitCode).toBe(0);
    expect(key).toMatch(/^[\w-]{43}$/);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(outLines[0]).toMatch(/^fingerprint {2}([0-9a-f]{4} ?){4}$/);
    expect(outLines.join()).not.toContain(key);
  });

  it('create leaves an account that is there alone, unless forced', async () => {
    const directory = await makeTemporaryDirectory();
    await runAccount(directory, ['create']);
    const first = await readFile(join(directory, 'account'), 'utf8');
    const refused = await runAccount(directory, ['create']);
    expect(refused).toMatchObject({ exitCode: 1, errLines: [expect.stringContaining('already'), expect.anything()] });
    expect(await readFile(join(directory, 'account'), 'utf8')).toBe(first);
    expect((await runAccount(directory, ['create', '--force'])).exitCode).toBe(0);
    expect(await readFile(join(directory, 'account'), 'utf8')).not.toBe(first);
  });

  it('show and fingerprint never print the key', async () => {
    const directory = await makeTemporaryDirectory();
    const account = createAccount();
    await runAccount(directory, ['import'], account);
    for (const verb of ['show', 'fingerprint']) {
      const { exitCode, outLines } = await runAccount(directory, [verb]);
      expect(exitCode).toBe(0);
      expect(outLines.join()).toMatch(/([0-9a-f]{4} ?){4}/);
      expect(outLines.join()).not.toContain(account);
    }
  });

  it('export prints what import takes, so that two devices share it', async () => {
    const [here, there] = [await makeTemporaryDirectory(), await makeTemporaryDirectory()];
    await runAccount(here, ['create']);
    const exported = await runAccount(here, ['export']);
    expect(exported.outLines).toHaveLength(1);
    const imported = await runAccount(there, ['import'], `${exported.outLines[0]}\n`);
    expect(imported.exitCode).toBe(0);
    expect((await runAccount(there, ['fingerprint'])).outLines).toEqual(
      (await runAccount(here, ['fingerprint'])).outLines,
    );
  });

  it('import refuses what is no account, without repeating it', async () => {
    const directory = await makeTemporaryDirectory();
    const { exitCode, errLines } = await runAccount(directory, ['import'], 'almost-a-secret');
    expect(exitCode).toBe(1);
    expect(errLines[0]).toMatch(/standard input holds no account/);
    expect(errLines.join()).not.toContain('almost-a-secret');
  });

  it('says how to make an account when there is none', async () => {
    const { exitCode, errLines } = await runAccount(await makeTemporaryDirectory(), ['show']);
    expect(exitCode).toBe(1);
    expect(errLines.at(-1)).toContain('tandem account create');
  });

  it.each([[[]]])('answers %j with its use', async (args: string[]) => {
    const { exitCode, errLines } = await runAccount(await makeTemporaryDirectory(), args);
    expect(exitCode).toBe(2);
    for (const verb of ['show', 'fingerprint', 'create', 'export', 'import'])
      expect(errLines.join('\n')).toContain(verb);
  });
});
