/** The demo as `tandem start --demo` runs it, for its page. */
import { expect, onTestFinished } from 'vitest';
import { ExitCode } from '../../src/main/command-error.js';
import { run } from '../../src/main/run.js';
import { createRecordedIo, makeTemporaryDirectory } from '../main/recorded-io.js';

export interface Demo {
  /** The address that logs in, once. */
  readonly address: string;
  /** The one that is printed once the first was used. */
  nextAddress(): Promise<string>;
}

export async function startDemo(): Promise<Demo> {
  const directory = await makeTemporaryDirectory();
  const io = createRecordedIo();
  const ended = run(['start', '--demo', '--port', '0', '--state-dir', directory], io);
  onTestFinished(async () => {
    io.interrupt();
    expect(await ended).toBe(ExitCode.ok);
  });
  const address = (await io.whenOut(/#login=/)).trim();
  return {
    address,
    nextAddress: async () => /http\S+$/.exec(await io.whenOut(/^The page is in use\..*#login=/))?.[0] ?? '',
  };
}
