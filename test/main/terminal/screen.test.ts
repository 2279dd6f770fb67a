import xterm from '@xterm/headless';
import { describe, expect, it } from 'vitest';
import { createScreen } from '../../../src/main/terminal/screen.js';

/** A terminal as people have it: what is written to it, it shows. */
function createTerminal(size: { readonly rows?: number; readonly columns?: number } = { rows: 6, columns: 20 }) {
  const terminal = new xterm.Terminal({
    rows: size.rows || 24,
    cols: size.columns || 80,
    allowProposedApi: true,
    convertEol: true,
  });
  let written = Promise.resolve();
  return {
    stream: {
      ...size,
      write(text: string) {
        written = written.then(() => new Promise<void>((resolve) => terminal.write(text, resolve)));
        return true;
      },
    },
    async shown(): Promise<string[]> {
      await written;
      const { active } = terminal.buffer;
      const lines = Array.from(
        { length: active.length },
        (_, row) => active.getLine(row)?.translateToString(true) ?? '',
      );
      return lines.slice(0, lines.findLastIndex((line) => line !== '') + 1);
    },
  };
}

describe('lines that change in place', () => {
  it('replace those shown last, however many there were', async () => {
    const { stream, shown } = createTerminal();
    const screen = createScreen(stream);
    stream.write('before\n');
    screen.show(['one', 'two']);
    expect(await shown()).toEqual(['before', 'one', 'two']);
    screen.show(['three']);
    expect(await shown()).toEqual(['before', 'three']);
    screen.show([]);
    expect(await shown()).toEqual(['before']);
    screen.show(['four', 'five', 'six']);
    expect(await shown()).toEqual(['before', 'four', 'five', 'six']);
  });

  it('step aside for what else is written, and go on below it', async () => {
    const { stream, shown } = createTerminal();
    const screen = createScreen(stream);
    screen.show(['42 %']);
    screen.beside(() => stream.write('a result\n'));
    expect(await shown()).toEqual(['a result', '42 %']);
    screen.show(['43 %']);
    expect(await shown()).toEqual(['a result', '43 %']);
    screen.show([]);
    screen.beside(() => stream.write('the end\n'));
    expect(await shown()).toEqual(['a result', 'the end']);
  });

  it('are cut to the terminal, and say how many are missing: nothing wraps or scrolls away', async () => {
    const { stream, shown } = createTerminal({ rows: 4, columns: 10 });
    const screen = createScreen(stream);
    screen.show(['a', 'b', 'c', 'd', 'e']);
    expect(await shown()).toEqual(['a', 'b', '… and 3 mo']);
    screen.show(['電話電話電話', 'x']);
    expect(await shown()).toEqual(['電話電話電', 'x']);
    screen.show([]);
    expect(await shown()).toEqual([]);
  });

  it.each([{}, { rows: 0, columns: 0 }])(
    'take a terminal that does not say its size (%j) for one of 24 by 80',
    async (size) => {
      const { stream, shown } = createTerminal(size);
      createScreen(stream).show(Array.from({ length: 30 }, (_, row) => `line ${row}`));
      expect((await shown()).slice(-2)).toEqual(['line 21', '… and 8 more']);
    },
  );
});
