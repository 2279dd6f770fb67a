/** A real mosquitto on loopback, in a process of its own. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { makeTemporaryDirectory } from '../main/recorded-io.js';
import { findServer, freePort, type ServerProcess, startServer } from '../support/server-process.js';

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
  const program = findServer('mosquitto', skip);
  const directory = await makeTemporaryDirectory();
  const port = await freePort();
  const path = join(directory, 'mosquitto.conf');
  // As root it would change to a user who may not read the directory.
  const lines = [`listener ${port} 127.0.0.1`, 'persistence false', 'user root', ...(await access(directory))];
  await writeFile(path, `${lines.join('\n')}\n`);
  let running: ServerProcess | undefined;

  async function start(): Promise<void> {
    running = await startServer(program, ['-c', path], / running$/);
  }

  async function stop(): Promise<void> {
    await running?.stop();
  }

  onTestFinished(stop);
  await start();
  return { port, url: `mqtt://127.0.0.1:${port}`, stop, start };
}
