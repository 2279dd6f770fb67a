import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { COMMANDS, run } from '../../src/main/run.js';
import { createRecordedIo, makeTemporaryDirectory } from './recorded-io.js';
import { runCommand } from './running-service.js';

const NAMES = Object.keys(COMMANDS);

describe('tandem', () => {
  it.each(['--help', '-h', 'help'])('%s lists every command', async (word) => {
    const { exitCode, out } = await runCommand('/nowhere', [word]);
    expect(exitCode).toBe(0);
    for (const name of NAMES) expect(out.join('\n')).toMatch(new RegExp(`^  ${name} +\\w`, 'm'));
  });

  it('without a command prints the same and counts as misuse', async () => {
    const { exitCode, out } = await runCommand('/nowhere', []);
    expect(exitCode).toBe(2);
    expect(out).toEqual((await runCommand('/nowhere', ['--help'])).out);
  });

  it('--version prints the version of the package', async () => {
    const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
    expect(await runCommand('/nowhere', ['--version'])).toEqual({ exitCode: 0, out: [version], err: [] });
  });

  it.each(NAMES)('%s --help prints its options and does nothing else', async (name) => {
    const { exitCode, out, err } = await runCommand('/nowhere', [name, '--help']);
    expect({ exitCode, err }).toEqual({ exitCode: 0, err: [] });
    expect(out.find((line) => line.startsWith('Usage:'))).toContain(`tandem ${name}`);
    expect(out.at(-1)).toMatch(/^ {2}--help/);
  });

  it('suggests the command that was meant', async () => {
    expect(await runCommand('/nowhere', ['sessoins'])).toEqual({
      exitCode: 2,
      out: [],
      err: [
        'tandem: There is no command "sessoins".',
        'Did you mean tandem sessions?',
        'tandem --help lists the commands.',
      ],
    });
  });

  it('suggests the option that was meant', async () => {
    const { exitCode, err } = await runCommand('/nowhere', ['devices', '--jsn']);
    expect(exitCode).toBe(2);
    expect(err).toEqual([expect.stringContaining("'--jsn'"), 'Did you mean --json?']);
  });

  it.each([
    [['devices', 'phone'], 'Unexpected: phone'],
    [['start', '--port', 'http'], '--port: gateway.port must be a whole number from 0 to 65535, not "http"'],
    [['start', '--port', '65536'], '--port: gateway.port must be a whole number from 0 to 65535, not 65536'],
    [['start', '--demo', '--air', 'air.sock'], '--demo has simulated controllers of its own and takes no --air.'],
    [['start', '--demo', '--role', 'both'], 'takes no --role.'],
    [['start', '--demo', '--adapter', '1'], 'takes no --adapter.'],
    [['start', '--name'], "'--name <value>' argument missing"],
    [['send', 'phone'], 'tandem send takes a device and something to send.'],
    [['send', 'phone', 'hi', '--wait', '0'], '--wait takes a whole number'],
    [['send', 'phone', 'hi', '--app', 'tandem.echo'], '--app takes bundle/module/ability'],
  ])('%j is misuse: %s', async (args, words) => {
    const { exitCode, out, err } = await runCommand(await makeTemporaryDirectory(), args);
    expect({ exitCode, out }).toEqual({ exitCode: 2, out: [] });
    expect(err.join('\n')).toContain(words);
  });

  it('says of what belongs to another user who may do it, without a stack', async () => {
    const denied = Object.assign(new Error("EACCES: permission denied, open 'account'"), { code: 'EACCES' });
    const io = { ...createRecordedIo(), readInput: () => Promise.reject(denied) };
    const directory = await makeTemporaryDirectory();
    expect(await run(['account', 'import', '--state-dir', directory], io)).toBe(1);
    expect(io.errLines).toEqual([
      "tandem: EACCES: permission denied, open 'account'",
      'It belongs to another user: run the command as that one, or choose another place with --state-dir DIR.',
    ]);
  });

  it('takes --help after -- for a word', async () => {
    const { exitCode, out } = await runCommand(await makeTemporaryDirectory(), ['send', 'phone', '--', '--help']);
    expect({ exitCode, out }).toEqual({ exitCode: 3, out: [] });
  });
});
