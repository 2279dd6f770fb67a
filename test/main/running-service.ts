import { onTestFinished } from 'vitest';
import { run } from '../../src/main/run.js';
import { createRecordedIo, makeTemporaryDirectory, type RecordedIo } from './recorded-io.js';

export interface RunningService {
  readonly directory: string;
  readonly io: RecordedIo;
  /** Ctrl+C; resolves with the exit code. */
  stop(): Promise<number>;
}

export interface ServiceChoice {
  readonly directory?: string;
  readonly args?: readonly string[];
  /** The line that says so; that of a start for people if left out. */
  readonly ready?: RegExp;
}

/** `tandem start` in this process, on a free port, once it is ready; ended after the test. */
export async function startService({
  directory,
  args = ['--demo'],
  ready,
}: ServiceChoice = {}): Promise<RunningService> {
  const home = directory ?? (await makeTemporaryDirectory());
  const io = createRecordedIo({ env: { TANDEM_STATE_DIR: home } });
  const finished = run(['start', '--port', '0', ...args], io);
  const stop = (): Promise<number> => {
    io.interrupt();
    return finished;
  };
  onTestFinished(async () => void (await stop()));
  const failed = finished.then(() => {
    throw new Error(`tandem start ended: ${io.errLines.join(' ')}`);
  });
  await Promise.race([io.whenOut(ready ?? (args.includes('--demo') ? /^Ctrl\+C/ : /: gateway at /)), failed]);
  failed.catch(() => {});
  return { directory: home, io, stop };
}

export interface Outcome {
  readonly exitCode: number;
  readonly out: readonly string[];
  readonly err: readonly string[];
}

/** Runs a command to its end, with the state of `directory`. */
export async function runCommand(directory: string, args: readonly string[], input = ''): Promise<Outcome> {
  const io = createRecordedIo({ env: { TANDEM_STATE_DIR: directory }, input });
  const exitCode = await run(args, io);
  return { exitCode, out: io.outLines, err: io.errLines };
}
