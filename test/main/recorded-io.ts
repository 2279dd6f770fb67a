import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { onTestFinished } from 'vitest';
import type { Terminal } from '../../src/main/terminal/io.js';

export interface RecordedIo extends Terminal {
  readonly outLines: readonly string[];
  readonly errLines: readonly string[];
  /** Everything that was written and is no line. */
  written(): Buffer;
  /** Resolves with the first line of results, printed or to come, that matches. */
  whenOut(pattern: RegExp): Promise<string>;
  /** The same of what went wrong or is to know. */
  whenErr(pattern: RegExp): Promise<string>;
  /** What Ctrl+C does. */
  interrupt(): void;
}

/** Pipes that keep what a command prints. */
export function createRecordedIo(
  options: { env?: Record<string, string>; input?: string | Uint8Array } = {},
): RecordedIo {
  const outLines: string[] = [];
  const errLines: string[] = [];
  const chunks: Uint8Array[] = [];
  const waiting = new Set<() => void>();
  const end = new AbortController();

  function firstIn(lines: readonly string[], pattern: RegExp): Promise<string> {
    return new Promise((resolve) => {
      function look(): void {
        const line = lines.find((candidate) => pattern.test(candidate));
        if (line === undefined) return;
        waiting.delete(look);
        resolve(line);
      }
      waiting.add(look);
      look();
    });
  }

  return {
    outLines,
    errLines,
    env: options.env ?? {},
    signal: end.signal,
    out(line) {
      outLines.push(line);
      for (const look of waiting) look();
    },
    err(line) {
      errLines.push(line);
      for (const look of waiting) look();
    },
    async write(chunk) {
      chunks.push(Buffer.from(chunk));
    },
    written: () => Buffer.concat(chunks),
    readInput: () => Readable.from([Buffer.from(options.input ?? '')]),
    interrupt: () => end.abort(),
    whenOut: (pattern) => firstIn(outLines, pattern),
    whenErr: (pattern) => firstIn(errLines, pattern),
  };
}

/** A fresh directory with mode 0700 that is gone after the test. */
export async function makeTemporaryDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'tandem-test-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  return directory;
}
