import { describe, expect, it } from 'vitest';
import { checkShellBlocks, listNotRun, readShellBlocks } from '../../../scripts/shell-blocks.mjs';

function page(...lines: readonly string[]) {
  return { path: 'docs/page.md', text: lines.join('\n') };
}

describe('the shell lines of a document', () => {
  it('are the blocks of sh, bash and console, also within lists', () => {
    const text = page('```sh', 'one', '```', '1. List', '', '   ```bash', '   two', '   ```', '```ts', 'three', '```');
    expect(readShellBlocks(text).map(({ line, lines }) => [line, ...lines])).toEqual([
      [2, 'one'],
      [7, 'two'],
    ]);
  });

  it('are marked by comments directly above them', () => {
    const marks = ['<!-- ctrl+c -->', '<!-- not run: needs an adapter -->'];
    const [block] = readShellBlocks(page(...marks, '```sh', 'sudo hciconfig hci0 down', '```'));
    expect(block).toMatchObject({ interrupts: '', notRun: 'needs an adapter' });
  });

  it('may end one program only', () => {
    const [block] = readShellBlocks(page('<!-- ctrl+c: npm start -->', '```sh', 'npm start', '```'));
    expect(block).toMatchObject({ interrupts: 'npm start' });
  });

  it('come with the programs that a reader saves, which begin with the name of their file', () => {
    const text = page('```js', '// timer.mjs', 'one;', '```', '```python', '# ask.py', '```', '```js', 'two;', '```');
    expect(readShellBlocks(text).map(({ file, lines }) => [file, ...lines])).toEqual([
      ['timer.mjs', '// timer.mjs', 'one;'],
      ['ask.py', '# ask.py'],
    ]);
  });

  it('are listed where they are not run', () => {
    const text = page('<!-- not run: needs an adapter -->', '```sh', 'one', 'two', '```', '```sh', 'three', '```');
    expect(listNotRun([text])).toEqual(['docs/page.md:3: one …: needs an adapter']);
  });

  it.each([
    [['```', 'npm start', '```'], '2: shell lines belong in a block of sh, bash or console'],
    [['```text', '$ tandem devices', '```'], '2: shell lines belong in a block of sh, bash or console'],
    [['```shell', 'npm start', '```'], '2: shell lines belong in a block of sh, bash or console'],
    [['As so:', '', '    npm run bench'], '3: shell lines belong in a block of sh, bash or console'],
    [['<!-- not run: needs an adapter -->', '', '```sh', 'one', '```'], '1: is not above a block of shell lines'],
    [['<!-- ctrl+c -->', '```ts', 'one', '```'], '1: is not above a block of shell lines'],
    [['<!-- not run -->', '```sh', 'one', '```'], '3: the reason why it is not run is missing'],
    [
      ['<!-- not run: test/docs/absent.test.ts does it -->', '```sh', 'one', '```'],
      '3: the reason names test/docs/absent.test.ts, which is not there',
    ],
  ])('are not skipped in silence: %j', (lines, finding) => {
    expect(checkShellBlocks(page(...lines))).toEqual([`docs/page.md:${finding}`]);
  });

  it('may be anything where nothing is wrong', () => {
    const marked = ['<!-- not run: test/docs/shell/shell-blocks.test.ts does it -->', '```sh', 'one', '```'];
    expect(checkShellBlocks(page(...marked, '```', '← {"id":1}', '```', '', '    ws://127.0.0.1/'))).toEqual([]);
  });
});
