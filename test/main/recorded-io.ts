import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Io } from '../../src/main/io.js';

export interface RecordedIo extends Io {
  readonly outLines: readonly string[];
  readonly errLines: readonly string[];
  /** Resolves with the first line of results, printed or to come, that matches. */
  whenOut(pattern: RegExp): Promise<string>;
  /** What Ctrl+C does. */
  interrupt(): void;
}

/** An Io that keeps what a command prints. */
export function createRecordedIo(options: { env?: Record<string, string>; input?: string } = {}): RecordedIo {
  const outLines: string[] = [];
  const errLines: string[] = [];
  const waiting = new Set<() => void>();
  const end = new AbortController();
  return {
    outLines,
    errLines,
    env: options.env ?? {},
    signal: end.signal,
    out(line) {
      outLines.push(line);
      for (const look of waiting) look();
    },
    err: (line) => void errLines.push(line),
    readInput: async () => options.input ?? '',
    interrupt: () => end.abort(),
    whenOut: (pattern) =>
      new Promise((resolve) => {
        function look(): void {
          const line = outLines.find((candidate) => pattern.test(candidate));
          if (line === undefined) return;
          waiting.delete(look);
          resolve(line);
        }
        waiting.add(look);
        look();
      }),
  };
}

/** A fresh directory with mode 0700 that is gone after the test. */
export async function makeTemporaryDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'tandem-test-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  return directory;
}
