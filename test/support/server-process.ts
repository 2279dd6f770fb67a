/** Servers of the system, each in a process of its own on loopback, for as long as a test runs. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { createInterface } from 'node:readline';
import { expect } from 'vitest';

export interface ServerProcess {
  /** Ends the process; resolves when it is gone. */
  stop(): Promise<void>;
}

/** Where a program is that may not be in the PATH of everyone. Without it the test is skipped; in CI it fails. */
export function findServer(name: string, skip: (note: string) => void): string {
  const found = [name, `/usr/sbin/${name}`, `/usr/local/sbin/${name}`].find(isThere);
  if (found !== undefined) return found;
  const missing = `${name} is missing; on Debian: apt-get install ${name}`;
  process.stderr.write(`${missing}\n`);
  if (process.env['CI'] === 'true') expect.fail(missing);
  skip(missing);
  return name;
}

/** Resolves when a line on its standard error says that it is ready. */
export async function startServer(
  program: string,
  args: readonly string[],
  isReady: RegExp,
  env: NodeJS.ProcessEnv = process.env,
): Promise<ServerProcess> {
  const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'], env });
  const said: string[] = [];
  await new Promise<void>((resolve, reject) => {
    createInterface({ input: child.stderr }).on('line', (line) => {
      said.push(line);
      if (isReady.test(line)) resolve();
    });
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`${program} ended with ${code}: ${said.join(' ')}`)));
  });
  return { stop: () => stop(child) };
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  await ended;
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

function isThere(program: string): boolean {
  try {
    // Some end with 1 after their help, which is no sign of trouble.
    execFileSync(program, ['-h'], { stdio: 'ignore' });
    return true;
  } catch (error) {
    return !(error instanceof Error && 'code' in error && error.code === 'ENOENT');
  }
}
