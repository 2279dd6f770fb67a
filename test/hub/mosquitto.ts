/** A real mosquitto on loopback, in a process of its own. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, onTestFinished } from 'vitest';
import { makeTemporaryDirectory } from '../main/recorded-io.js';

const PROGRAM = ['mosquitto', '/usr/sbin/mosquitto', '/usr/local/sbin/mosquitto'].find(isThere);
const MISSING = 'mosquitto is missing; on Debian: apt-get install mosquitto';

export interface Mosquitto {
  readonly port: number;
  readonly url: string;
  /** Ends the process; resolves when it is gone. */
  stop(): Promise<void>;
  /** Once more on the same port; it kept nothing. */
  start(): Promise<void>;
}

/** Ended after the test. Lines of configuration replace those that let everyone in. Without the program the test is skipped, in CI it fails. */
export async function startMosquitto(
  skip: (note: string) => void,
  access: (directory: string) => Promise<readonly string[]> = async () => ['allow_anonymous true'],
): Promise<Mosquitto> {
  if (PROGRAM === undefined) {
    process.stderr.write(`${MISSING}\n`);
    if (process.env['CI'] === 'true') expect.fail(MISSING);
    skip(MISSING);
  }
  const directory = await makeTemporaryDirectory();
  const port = await freePort();
  const path = join(directory, 'mosquitto.conf');
  // As root it would change to a user who may not read the directory.
  const lines = [`listener ${port} 127.0.0.1`, 'persistence false', 'user root', ...(await access(directory))];
  await writeFile(path, `${lines.join('\n')}\n`);
  let running: ChildProcess | undefined;

  async function start(): Promise<void> {
    const child = spawn(PROGRAM ?? '', ['-c', path], { stdio: ['ignore', 'ignore', 'pipe'] });
    running = child;
    const said: string[] = [];
    await new Promise<void>((resolve, reject) => {
      createInterface({ input: child.stderr }).on('line', (line) => {
        said.push(line);
        if (/ running$/.test(line)) resolve();
      });
      child.once('exit', (code) => reject(new Error(`mosquitto ended with ${code}: ${said.join(' ')}`)));
    });
  }

  async function stop(): Promise<void> {
    const child = running;
    running = undefined;
    if (child === undefined || child.exitCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    await ended;
  }

  onTestFinished(stop);
  await start();
  return { port, url: `mqtt://127.0.0.1:${port}`, stop, start };
}

function isThere(program: string): boolean {
  try {
    // It ends with 1 after its help, which is no sign of trouble.
    execFileSync(program, ['-h'], { stdio: 'ignore' });
    return true;
  } catch (error) {
    return !(error instanceof Error && 'code' in error && error.code === 'ENOENT');
  }
}

export async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' ? (address?.port ?? 0) : 0;
}
