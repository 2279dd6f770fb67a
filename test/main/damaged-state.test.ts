/** Every file of the state directory, damaged in every way, under every command: words, never a stack trace. */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { COMMANDS } from '../../src/main/program.js';
import { run } from '../../src/main/run.js';
import { StateFile } from '../../src/main/state-directory.js';
import { createRecordedIo, makeTemporaryDirectory } from './recorded-io.js';

const NOBODY = 'mqtt://127.0.0.1:9';
/** These go on until Ctrl+C where nothing is wrong, which takes a second. */
const START = ['start', '--port', '0', '--air', '/nowhere/air.sock', '--mqtt', NOBODY];
const DEMO = ['start', '--port', '0', '--demo'];
/** At least one line for every other command. */
const LINES: readonly (readonly string[])[] = [
  ['devices'],
  ['sessions'],
  ['trace', '100'],
  ['send', 'phone', 'hello'],
  ['token', 'list'],
  ['token', 'create', 'light', '--bundle', 'com.example.light'],
  ['token', 'revoke', 'light'],
  ['account', 'show'],
  ['account', 'fingerprint'],
  ['account', 'create'],
  ['account', 'create', '--force'],
  ['account', 'export'],
  ['account', 'import'],
  ['air'],
  ['receive'],
  ['watch', '100'],
  ['inspect'],
  ['chart', 'session', '--format', 'mmd'],
  ['completion', 'bash'],
  ['config', 'check'],
  ['config', 'show'],
];
/** It takes a self-test, and of the state directory it reads the configuration alone. */
const SLOW = ['doctor'];

const DAMAGES: readonly (readonly [name: string, text?: string])[] = [
  ['is empty', ''],
  ['was cut short', '{"version":1,"tokens":[{"na'],
  ['holds null', 'null'],
  ['holds an empty object', '{}'],
  ['holds a list of nothing', '[null]'],
  ['holds other values', '{"version":2,"tokens":7,"url":3,"pid":"x","publicKey":"","secretKey":"0"}'],
  ['is a folder'],
];

describe.each(Object.values(StateFile))('where the file %s of the state directory', (file) => {
  it.each(DAMAGES)(
    '%s, every command says so in words, or does without',
    async (_, text) => {
      const starts = file === StateFile.demoKeys ? [DEMO] : [START];
      for (const line of [...LINES, ...starts]) {
        const directory = await makeTemporaryDirectory();
        await damage(join(directory, file), text);
        const { exitCode, words } = await runToItsEnd(directory, line);
        const said = [line.join(' '), ...words].join('\n');
        expect(said).not.toMatch(/^ +at |(?:Syntax|Type|Range)Error|\bE[A-Z]{3,}\b:/m);
        expect([said, exitCode === 0 || words.length > 0]).toEqual([said, true]);
        await rm(directory, { recursive: true });
      }
    },
    120_000,
  );
});

it('every command is tried', () => {
  expect([...new Set([...[...LINES, START].map(([name]) => name), ...SLOW])].sort()).toEqual(
    Object.keys(COMMANDS).sort(),
  );
});

async function damage(path: string, text: string | undefined): Promise<void> {
  if (text === undefined) await mkdir(path);
  else await writeFile(path, text, { mode: 0o600 });
}

/** What goes on until Ctrl+C is ended once it is ready. */
async function runToItsEnd(directory: string, line: readonly string[]) {
  const io = createRecordedIo({ env: { TANDEM_STATE_DIR: directory }, input: 'no account' });
  const ended = run(line, io);
  void io.whenOut(/gateway at|^Ctrl\+C/).then(() => io.interrupt());
  return { exitCode: await ended, words: [...io.errLines, ...io.outLines] };
}
