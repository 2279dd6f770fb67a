import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { lockState } from '../../src/main/state-lock.js';
import { makeTemporaryDirectory } from './recorded-io.js';

/** The pid of a process that has ended. */
async function findDeadPid(): Promise<number> {
  const child = spawn(process.execPath, ['--version'], { stdio: 'ignore' });
  await once(child, 'exit');
  if (child.pid === undefined) throw new Error('node could not be started');
  return child.pid;
}

describe('state lock', () => {
  it('is refused while a living process holds it, and names that process', async () => {
    const directory = await makeTemporaryDirectory();
    await lockState(directory);
    await expect(lockState(directory)).rejects.toMatchObject({
      message: expect.stringContaining(`process ${process.pid}`),
      advice: [expect.stringContaining('--state-dir')],
    });
  });

  it('is free again after its release', async () => {
    const directory = await makeTemporaryDirectory();
    const lock = await lockState(directory);
    await lock.release();
    expect(await readdir(directory)).toEqual([]);
    await expect(lockState(directory)).resolves.toBeDefined();
  });

  it('is taken over from a process that has ended', async () => {
    const directory = await makeTemporaryDirectory();
    await writeFile(join(directory, 'lock'), JSON.stringify({ pid: await findDeadPid() }));
    await lockState(directory);
    expect(JSON.parse(await readFile(join(directory, 'lock'), 'utf8'))).toMatchObject({ pid: process.pid });
    expect(await readdir(directory)).toEqual(['lock']);
  });

  it.runIf(process.platform === 'linux')('is taken over when its pid now belongs to another process', async () => {
    const directory = await makeTemporaryDirectory();
    await writeFile(join(directory, 'lock'), JSON.stringify({ pid: process.pid, startedAt: '1' }));
    await expect(lockState(directory)).resolves.toBeDefined();
  });

  it('is taken over when the file is not a lock at all', async () => {
    const directory = await makeTemporaryDirectory();
    await writeFile(join(directory, 'lock'), '');
    await expect(lockState(directory)).resolves.toBeDefined();
  });

  it('goes to exactly one of many that find a stale one', async () => {
    const directory = await makeTemporaryDirectory();
    await writeFile(join(directory, 'lock'), JSON.stringify({ pid: await findDeadPid() }));
    const outcomes = await Promise.allSettled(Array.from({ length: 8 }, () => lockState(directory)));
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });
});
