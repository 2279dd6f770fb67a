/** The demo as a stranger starts it, on a free port. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { makeTemporaryDirectory } from '../main/recorded-io.js';

export interface Program {
  /** What it printed so far, on both outputs. */
  output(): string;
  readonly stateDirectory: string;
  /** What a program of its own needs to be a client. */
  access(): { readonly TANDEM_URL: string; readonly TANDEM_TOKEN: string };
  /** Ctrl+C; resolves with the exit code. */
  stop(): Promise<number | null>;
}

export interface ProgramOptions {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** It is ready, or as far as it comes. */
  readonly until: RegExp;
}

/** Ended with the test. Rejects when it ends before it is ready. */
export async function startProgram(command: string, { cwd, env, until }: ProgramOptions): Promise<Program> {
  const stateDirectory = join(await makeTemporaryDirectory(), 'state');
  const child = spawn('sh', ['-c', `exec ${command}`], {
    cwd,
    env: { ...env, TANDEM_STATE_DIR: stateDirectory, TANDEM_GATEWAY_PORT: '0' },
    detached: true,
  });
  onTestFinished(() => end(child, 'SIGKILL').then(() => {}));
  let output = '';
  await new Promise<void>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk) => {
        output += String(chunk);
        if (until.test(output)) resolve();
      });
    child.once('close', (code) => reject(new Error(`${command} ended with ${code}: ${output}`)));
  });
  return {
    output: () => output,
    stateDirectory,
    access: () => ({
      TANDEM_URL: /wss?:[^\s,]+/.exec(output)?.[0] ?? '',
      TANDEM_TOKEN: readFileSync(join(stateDirectory, 'token'), 'utf8').trim(),
    }),
    stop: () => end(child, 'SIGINT'),
  };
}

/** To all that it started, as a terminal does. */
async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  if (child.exitCode === null && child.signalCode === null && child.pid !== undefined) {
    process.kill(-child.pid, signal);
    await once(child, 'close');
  }
  return child.exitCode;
}
