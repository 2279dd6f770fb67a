import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import xterm from '@xterm/headless';
import { describe, expect, it } from 'vitest';
import { startDemo, tandem, tandemOnTerminal } from './program.js';
import { makeTemporaryDirectory } from './recorded-io.js';

/** Only ends a test that hangs. */
const TIMEOUT_MS = 180_000;

/** What a person sees in the end. */
async function screenOf(written: string, rows = 24, cols = 80): Promise<string[]> {
  const terminal = new xterm.Terminal({ rows, cols, allowProposedApi: true });
  await new Promise<void>((resolve) => terminal.write(written, resolve));
  const { active } = terminal.buffer;
  const lines = Array.from({ length: active.length }, (_, row) => active.getLine(row)?.translateToString(true) ?? '');
  return lines.filter((line) => line !== '');
}

/** Every state of the line that changes in place. */
function progressIn(written: string): string[] {
  return stripVTControlCharacters(written).match(/\d+ % {2}[^\r\n]+/g) ?? [];
}

describe('tandem, on a terminal', { timeout: TIMEOUT_MS }, () => {
  it('shows how far a file is, how fast and how long it takes, and leaves the result only', async () => {
    const directory = await makeTemporaryDirectory();
    await startDemo(directory);
    const file = join(directory, 'picture.jpg');
    await writeFile(file, Buffer.alloc(1_500_000, 7));

    const sent = await tandemOnTerminal(directory, ['send', 'phone', '--file', file]);
    expect(sent.code).toBe(0);
    const progress = progressIn(sent.out);
    expect(progress.length).toBeGreaterThan(3);
    expect(progress).toContainEqual(
      expect.stringMatching(/^\d+ % {2}[\d.]+ [kM]?B of 1\.5 MB {2}[\d.]+ [kM]B\/s {2}.* left {2}picture\.jpg$/),
    );
    expect(progress.map((line) => Number.parseInt(line, 10))).toEqual(
      progress.map((line) => Number.parseInt(line, 10)).toSorted((one, other) => one - other),
    );
    expect(progress.at(-1)).toMatch(/^100 % {2}1\.5 MB of 1\.5 MB/);
    expect(await screenOf(sent.out)).toEqual([
      expect.stringMatching(/^phone has picture\.jpg, 1,500,000 bytes in \d+\.\d s\.$/),
    ]);

    const data = await tandemOnTerminal(directory, ['send', 'phone', '--data', file, '--wait', '600000']);
    expect(data.code).toBe(0);
    expect(progressIn(data.out)).toContainEqual(expect.stringMatching(/^\d+ % {2}.* of 1\.5 MB/));
    expect(await screenOf(data.out)).toEqual(['phone: 1,500,000 bytes']);

    const piped = await tandem(directory, 'send', 'phone', '--file', file);
    expect(piped).toEqual({ code: 0, out: expect.stringMatching(/^phone has picture\.jpg, [^\n]*\n$/), err: '' });
  });

  it('asks whether a word is a file or a text, and goes by the answer', async () => {
    const directory = await makeTemporaryDirectory();
    await startDemo(directory);
    await writeFile(join(directory, 'hello'), 'content');
    const choice = { cwd: directory };
    const text = await tandemOnTerminal(directory, ['send', 'phone', 'hello'], { ...choice, typed: 'n\n' });
    expect(text.code).toBe(0);
    // What was typed ahead stands above the question.
    expect((await screenOf(text.out)).at(-1)).toBe('"hello" is a file here. Send the file? [y/N] phone: hello');
    const file = await tandemOnTerminal(directory, ['send', 'phone', 'hello'], { ...choice, typed: 'yes\n' });
    expect((await screenOf(file.out)).slice(-4).join('\n')).toMatch(/phone has hello, 7 bytes in /);
  });
});
