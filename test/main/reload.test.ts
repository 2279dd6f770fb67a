import { describe, expect, it } from 'vitest';
import { run } from '../../src/main/run.js';
import { createRecordedIo, makeTemporaryDirectory } from './recorded-io.js';

/** How often the program asks to be told of SIGHUP. */
async function reloadsAskedFor(isTerminal: boolean): Promise<number> {
  const io = createRecordedIo({ env: { TANDEM_STATE_DIR: await makeTemporaryDirectory() } });
  let asked = 0;
  const onReload = (): (() => void) => {
    asked += 1;
    return () => {};
  };
  const finished = run(['start', '--demo', '--port', '0'], { ...io, isTerminal, onReload });
  await io.whenOut(/^Ctrl\+C/);
  io.interrupt();
  await finished;
  return asked;
}

describe('SIGHUP', () => {
  it('is a request to read files again, but on a terminal, where it says that this was closed', async () => {
    expect(await reloadsAskedFor(false)).toBe(1);
    expect(await reloadsAskedFor(true)).toBe(0);
  });
});
