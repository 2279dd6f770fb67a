import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { makeTemporaryDirectory } from '../recorded-io.js';
import type { Place, Running } from '../two-places.js';

const WAITING = /^Waiting for a file\. On another device: tandem send phone --file FILE$|"waiting"/;

/** Begins `tandem receive` and resolves once it waits. */
export async function receive(place: Place, args: readonly string[], changes = {}): Promise<Running> {
  const running = place.begin(['receive', ...args], '', changes);
  await running.io.whenErr(WAITING);
  return running;
}

export async function send(place: Place, ...args: string[]): Promise<Running & { readonly exitCode: number }> {
  const running = place.begin(['send', 'phone', ...args]);
  return { ...running, exitCode: await running.finished };
}

/** The first bytes have come. The file system tells nobody who can be waited for. */
export async function untilSomethingIsIn(directory: string): Promise<void> {
  await expect.poll(() => readdir(directory), { timeout: 20_000 }).toHaveLength(1);
}

/** A file of the sender, in a directory of its own. */
export async function createFile(name: string, content: string | Uint8Array): Promise<string> {
  const path = join(await makeTemporaryDirectory(), name);
  await writeFile(path, content);
  return path;
}

/** A stream that gives what it is given, until it is told to end. */
export function createGate() {
  const waiting: Uint8Array[] = [];
  let isOver = false;
  let wake = (): void => {};
  async function* stream(): AsyncGenerator<Uint8Array> {
    for (;;) {
      const chunk = waiting.shift();
      if (chunk !== undefined) yield chunk;
      else if (isOver) return;
      else
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
    }
  }
  return {
    chunks: stream(),
    put(text: string) {
      waiting.push(Buffer.from(text));
      wake();
    },
    end() {
      isOver = true;
      wake();
    },
  };
}
