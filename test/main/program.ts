import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { onTestFinished } from 'vitest';

const CLI = 'dist/main/cli.js';

export interface Finished {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs the program `tandem` to its end, in a process of its own. */
export async function tandem(directory: string, ...args: string[]): Promise<Finished> {
  const child = start(directory, args);
  const out = collect(child.stdout);
  const err = collect(child.stderr);
  const [code] = await once(child, 'close');
  return { code, out: out(), err: err() };
}

export interface Program {
  /** Ends it by a signal; resolves with its exit code, or null where the signal killed it. */
  end(signal: NodeJS.Signals): Promise<number | null>;
  /** The lines until it was ready. */
  readonly lines: readonly string[];
}

/** Starts the demo on a free port; it is ready when this resolves. */
export async function startDemo(directory: string): Promise<Program> {
  const child = start(directory, ['start', '--demo', '--port', '0']);
  const closed = once(child, 'close');
  const err = collect(child.stderr);
  const lines: string[] = [];
  await new Promise<void>((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      lines.push(line);
      if (line.startsWith('Ctrl+C')) resolve();
    });
    child.once('close', (code) => reject(new Error(`tandem start ended with ${code}: ${err()}`)));
  });
  return {
    lines,
    async end(signal) {
      child.kill(signal);
      const [code] = await closed;
      return code;
    },
  };
}

function start(directory: string, args: readonly string[]) {
  const env = { PATH: process.env['PATH'], TANDEM_STATE_DIR: directory };
  const child = spawn(process.execPath, [CLI, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  onTestFinished(() => stop(child));
  return child;
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'close');
}

function collect(stream: NodeJS.ReadableStream): () => string {
  let text = '';
  stream.on('data', (chunk) => {
    text += String(chunk);
  });
  return () => text;
}
