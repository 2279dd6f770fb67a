/** The terminal, or the pipes, of this process. */
import { createInterface } from 'node:readline';
import type { Terminal } from './io.js';
import { printable } from './printable.js';
import { createScreen, type Screen } from './screen.js';

export function createProcessTerminal({ stdin, stdout, stderr, env }: NodeJS.Process, signal: AbortSignal): Terminal {
  const isDumb = env['TERM'] === 'dumb';
  const results = stdout.isTTY && !isDumb ? createScreen(stdout) : undefined;
  const beside = stderr.isTTY && !isDumb ? createScreen(stderr) : undefined;
  /** Both may be the same terminal: what stands there in place steps aside. */
  const aside = (write: () => void): void => around(beside, () => around(results, write));

  return {
    out: (text) => aside(() => void stdout.write(`${text}\n`)),
    err: (text) => aside(() => void stderr.write(`${text}\n`)),
    write: (chunk) =>
      new Promise((resolve, reject) => {
        stdout.write(chunk, (error) => (error ? reject(error) : resolve()));
      }),
    ...(results !== undefined && { redraw: results.show }),
    ...(beside !== undefined && { status: (text) => beside.show(text === undefined ? [] : [text]) }),
    ...(stdin.isTTY && stderr.isTTY && { ask }),
    isTerminal: stderr.isTTY === true,
    isOutTerminal: stdout.isTTY === true,
    ...(stdout.columns > 0 && { columns: stdout.columns }),
    onReload(listener) {
      process.on('SIGHUP', listener);
      return () => void process.off('SIGHUP', listener);
    },
    readInput: () => stdin,
    env,
    signal,
  };

  /** In the terminal's own line mode, so that Ctrl+C stays a signal. Without an answer, it is no. */
  async function ask(question: string): Promise<boolean> {
    const reader = createInterface({ input: stdin, terminal: false });
    const close = (): void => reader.close();
    signal.addEventListener('abort', close);
    aside(() => void stderr.write(`${question} [y/N] `));
    const answer = await new Promise<string>((resolve) => {
      reader.once('line', resolve);
      reader.once('close', () => resolve(''));
    });
    signal.removeEventListener('abort', close);
    close();
    return /^y(es)?$/i.test(answer.trim());
  }
}

/** What Node prints by itself may hold words of other devices, too. */
export function printDefectsSafely(process: NodeJS.Process, write: (text: string) => void): void {
  process.removeAllListeners('warning');
  process.on('warning', ({ name, message }) => write(printable(`${name}: ${message}`)));
  process.on('uncaughtException', (error) => {
    for (const line of linesOfDefect(error)) write(line);
    process.exit(1);
  });
}

/** The words and the origin of what should not have been thrown. */
export function linesOfDefect(error: unknown): readonly string[] {
  if (!(error instanceof Error)) return [printable(String(error))];
  const { stack = '', name, message } = error;
  const origin = stack.startsWith(`${name}: ${message}`) ? stack.slice(`${name}: ${message}`.length) : stack;
  return [
    printable(`${name}: ${message}`),
    ...origin
      .split('\n')
      .filter((line) => line !== '')
      .map(printable),
  ];
}

function around(screen: Screen | undefined, write: () => void): void {
  if (screen === undefined) write();
  else screen.beside(write);
}
