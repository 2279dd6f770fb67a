import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { stripVTControlCharacters } from 'node:util';
import { onTestFinished } from 'vitest';

const CLI = resolve('dist/main/cli.js');
const TERMINAL = resolve('test/main/terminal.py');

export interface Finished {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs the program `tandem` to its end, in a process of its own. */
export async function tandem(directory: string, ...args: string[]): Promise<Finished> {
  const child = start(directory, [process.execPath, CLI, ...args]);
  child.stdin.end();
  return finish(child);
}

export interface TerminalChoice {
  readonly rows?: number;
  readonly columns?: number;
  /** What is typed, from the first moment on. */
  readonly typed?: string;
  /** Where it runs. */
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs the program `tandem` on a terminal of its own; both its outputs come out together. */
export async function tandemOnTerminal(
  directory: string,
  args: readonly string[],
  { rows = 24, columns = 80, typed = '', cwd = '.', env = {} }: TerminalChoice = {},
): Promise<Finished> {
  const command = [...onTerminal(rows, columns), process.execPath, CLI, ...args];
  const child = start(directory, command, { cwd, env: { TERM: 'xterm', ...env } });
  child.stdin.end(typed);
  return finish(child);
}

export interface Shell {
  type(text: string): void;
  /** Resolves once this was shown since the last such wait. */
  until(pattern: RegExp): Promise<void>;
}

/** A shell on a terminal of its own, for which `tandem` is a command. */
export async function openShell(directory: string, command: readonly string[]): Promise<Shell> {
  const bin = await mkdtemp(join(directory, 'bin-'));
  await writeFile(join(bin, 'tandem'), `#!/bin/sh\nexec "${process.execPath}" "${CLI}" "$@"\n`, { mode: 0o755 });
  const env = { TERM: 'xterm', PATH: `${bin}:${process.env['PATH']}` };
  const child = start(directory, [...onTerminal(24, 120), ...command], { cwd: directory, env });
  let written = '';
  let consumed = 0;
  let look = (): void => {};
  child.stdout.on('data', (chunk) => {
    written += String(chunk);
    look();
  });
  child.setMaxListeners(0);
  return {
    type: (text) => void child.stdin.write(text),
    until: (pattern) =>
      new Promise((resolve, reject) => {
        look = () => {
          const seen = stripVTControlCharacters(written).replaceAll('\r', '');
          const found = pattern.exec(seen.slice(consumed));
          if (found === null) return;
          consumed += found.index + found[0].length;
          look = () => {};
          resolve();
        };
        child.once('close', () => reject(new Error(`the shell ended: ${written}`)));
        look();
      }),
  };
}

function onTerminal(rows: number, columns: number): readonly string[] {
  return ['/usr/bin/python3', TERMINAL, String(rows), String(columns)];
}

async function finish(child: ReturnType<typeof start>): Promise<Finished> {
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
  const child = start(directory, [process.execPath, CLI, 'start', '--demo', '--port', '0']);
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

function start(
  directory: string,
  [program = '', ...args]: readonly string[],
  { cwd, env = {} }: Pick<TerminalChoice, 'cwd' | 'env'> = {},
) {
  const environment = { PATH: process.env['PATH'], HOME: directory, TANDEM_STATE_DIR: directory, ...env };
  const child = spawn(program, args, { env: environment, ...(cwd !== undefined && { cwd }), stdio: 'pipe' });
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
