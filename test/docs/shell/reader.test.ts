import { spawnSync } from 'node:child_process';
import { describe, expect, it, onTestFinished } from 'vitest';
import { readShellBlocks } from '../../../scripts/shell-blocks.mjs';
import { makeTemporaryDirectory } from '../../main/recorded-io.js';
import type { Checkout } from './checkout.js';
import { follow, isSaid, stepsOf } from './reader.js';
import { openTerminal } from './terminal.js';

describe('a reader', () => {
  it('types whole commands, and no comments', () => {
    const lines = [
      '# why',
      'one \\',
      '  two # how',
      '',
      'for x in 1; do',
      'echo $x',
      'done',
      "cat <<'END'",
      'text',
      'END',
    ];
    expect(stepsOf({ language: 'sh', lines }).map(({ command }) => command)).toEqual([
      'one \\\n  two # how',
      'for x in 1; do\necho $x\ndone',
      "cat <<'END'\ntext\nEND",
    ]);
  });

  it('types what is behind the prompt of a console, and expects the rest', () => {
    const lines = ['$ echo one \\', '> two', 'one two', '$ true', '$ echo', ''];
    expect(stepsOf({ language: 'console', lines })).toEqual([
      { command: 'echo one \\\ntwo', printed: 'one two' },
      { command: 'true', printed: '' },
      { command: 'echo', printed: '' },
    ]);
  });

  it('keeps folder, variables and aliases from line to line', async () => {
    await expect(
      read('sh', 'A=1', 'mkdir inner; cd inner', 'alias say=echo', 'test $(say $A) = 1', 'test -d ../inner'),
    ).resolves.toContain('test -d');
  });

  it.each([
    ['fails', 'sh', ['false'], 'failed with 1: false'],
    ['fails within a pipe', 'sh', ['false | cat'], 'failed with 1'],
    ['asks for input', 'sh', ['read answer'], 'failed with 1'],
    ['prints something else', 'console', ['$ echo one', 'two'], 'and not:\ntwo'],
    ['prints more', 'console', ['$ printf "one\\ntwo\\n"', 'one'], 'and not:\none'],
    ['ends what is to stay', 'sh', ['tandem() { :; }', 'tandem air'], 'ended with 0: tandem air'],
    ['leaves the shell', 'sh', ['exit 0'], 'the terminal closed at: exit 0'],
  ])('does not go on after a line that %s', async (_, language, lines, words) => {
    await expect(read(language, ...lines, 'echo never')).rejects.toThrow(words);
  });

  it('opens another terminal when one is taken, and ends all of them', async () => {
    const text = await read('sh', 'tandem() { echo ready; sleep 1000; }', 'A=1; tandem air', 'test -z "$A"');
    expect(text).toContain('ready');
  });

  it('ends the one program that a document names, and no other', async () => {
    const text = (...marks: readonly string[]) =>
      [
        ...['```sh', goOn('one'), '```'],
        ...['```sh', goOn('two'), '```'],
        ...[...marks, '```sh', '! kill -0 $(cat one) 2> /dev/null', 'kill -0 $(cat two)', '```'],
      ].join('\n');
    await expect(readPage(text('<!-- ctrl+c: echo one -->'))).resolves.toContain('kill -0 $(cat two)');
    await expect(readPage(text('<!-- ctrl+c: npm start -->'))).rejects.toThrow('nothing to end');
  });

  it('saves a program as it stands, and runs it', async () => {
    const program = ['```js', '// say.mjs', "console.log(`it's $HOME \\\\n`);", '```'];
    const lines = [...program, '```console', '$ node say.mjs', "it's $HOME \\n", '```'];
    await expect(readPage(lines.join('\n'))).resolves.toContain('say.mjs');
  });

  it('types again what came too early', async () => {
    await expect(
      read('sh', 'list() { test -e seen && echo phone || { touch seen; echo No device in range; }; }', 'list'),
    ).resolves.toContain('phone');
  });
});

describe('what a document shows', () => {
  it.each([
    ['one\n…\nfour', 'one\ntwo\nthree\nfour'],
    ['one\n…', 'one'],
    ['id …, state …', 'id 7, state connected'],
    ['12:04:31.120 phone -52 dBm', '09:00:00.001 phone -60 dBm'],
    ['09bbe4752db07b19', '74b6e4752db07b20'],
  ])('%j is the same as %j', (said, output) => expect(isSaid(said, output)).toBe(true));

  it.each([
    ['one\n…\nfour', 'one\ntwo'],
    ['a.c', 'abc'],
    ['phone', 'phone linked'],
    ['', 'something'],
  ])('%j is not the same as %j', (said, output) => expect(isSaid(said, output)).toBe(false));

  it('is the beginning of what a program prints that stays', () => {
    expect([isSaid('+ phone', '+ phone\n= phone linked', true), isSaid('= phone', '+ phone\n= phone', true)]).toEqual([
      true,
      false,
    ]);
  });
});

describe('a terminal', () => {
  it('ends with all that was started in it', async () => {
    const terminal = openTerminal({ cwd: await makeTemporaryDirectory(), env: { PATH: process.env['PATH'] ?? '' } });
    const { output } = await terminal.type('sleep 1000 & echo $!');
    await terminal.close();
    const { stdout } = spawnSync('ps', ['-o', 'stat=', '-p', output.trim()], { encoding: 'utf8' });
    // Gone, or nobody has looked after it yet.
    expect(stdout).toMatch(/^(?:Z.*)?\s*$/);
  });
});

/** Tells its process in a file and stays. */
function goOn(name: string): string {
  return `echo ${name}; sh -c 'echo $$ > ${name}; exec sleep 1000' # goes on`;
}

function read(language: string, ...lines: readonly string[]): Promise<string> {
  return readPage([`\`\`\`${language}`, ...lines, '```'].join('\n'));
}

/** All that was typed and printed. */
async function readPage(text: string): Promise<string> {
  const cwd = await makeTemporaryDirectory();
  const env = { PATH: process.env['PATH'] ?? '' };
  const checkout: Checkout = { cwd, env, localize: (text) => text, remove: async () => {} };
  onTestFinished(checkout.remove);
  let told = '';
  await follow(readShellBlocks({ path: 'page.md', text }), checkout, (words) => {
    told += words;
  });
  return told;
}
