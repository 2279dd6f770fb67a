/** `tandem inspect` in a test, with a gateway of its own. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Grant } from '../../src/broker/tokens.js';
import { run } from '../../src/main/run.js';
import type { Home } from '../client/fixture.js';
import { createRecordedIo, makeTemporaryDirectory, type RecordedIo } from './recorded-io.js';

export interface Inspecting {
  readonly io: RecordedIo;
  readonly port: number;
  readonly finished: Promise<number>;
}

/** Runs the command until the end of the test. */
export async function inspect(
  home: Home,
  grant: Partial<Grant> = {},
  args: readonly string[] = [],
): Promise<Inspecting> {
  const io = createRecordedIo();
  const finished = run(['inspect', '--port', '0', ...(await accessTo(home, grant)), ...args], io);
  onTestFinished(async () => {
    io.interrupt();
    await finished;
  });
  const line = await io.whenOut(/^For programs: /);
  return { io, port: Number(/\d+$/.exec(line)?.[0]), finished };
}

export async function accessTo(home: Home, grant: Partial<Grant> = {}): Promise<string[]> {
  const file = join(await makeTemporaryDirectory(), 'token');
  await writeFile(file, await home.createToken(grant));
  return ['--url', home.gateway.url, '--token-file', file];
}
