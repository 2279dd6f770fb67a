/** A program that goes on until Ctrl+C, such as `tandem start`. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { onTestFinished } from 'vitest';

export interface Program {
  /** What it printed so far, on both outputs. */
  output(): string;
  /** Ctrl+C; resolves with the exit code. */
  stop(): Promise<number | null>;
}

export interface ProgramOptions {
  readonly cwd?: string;
  readonly env: Readonly<Record<string, string>>;
  /** It is ready, or as far as it comes. */
  readonly until: RegExp;
}

/** Ended with the test. Rejects when it ends before it is ready. */
export async function startProgram(words: readonly string[], { cwd, env, until }: ProgramOptions): Promise<Program> {
  const [program = '', ...args] = words;
  const child = spawn(program, args, { ...(cwd !== undefined && { cwd }), env, detached: true });
  onTestFinished(() => end(child, 'SIGKILL').then(() => {}));
  let output = '';
  await new Promise<void>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk) => {
        output += String(chunk);
        if (until.test(output)) resolve();
      });
    child.once('close', (code) => reject(new Error(`${words.join(' ')} ended with ${code}: ${output}`)));
  });
  return { output: () => output, stop: () => end(child, 'SIGINT') };
}

/** To all that it started, as a terminal does. */
async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  if (child.exitCode === null && child.signalCode === null && child.pid !== undefined) {
    process.kill(-child.pid, signal);
    await once(child, 'close');
  }
  return child.exitCode;
}
