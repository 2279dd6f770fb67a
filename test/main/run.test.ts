import { readFileSync } from 'node:fs';
import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { COMMANDS } from '../../src/main/program.js';
import { run } from '../../src/main/run.js';
import { createRecordedIo, makeTemporaryDirectory } from './recorded-io.js';
import { runCommand } from './running-service.js';

const NAMES = Object.keys(COMMANDS);

describe('tandem', () => {
  it.each(['--help', '-h', 'help'])('%s lists every command', async (word) => {
    const { exitCode, out } = await runCommand('/nowhere', [word]);
    expect(exitCode).toBe(0);
    for (const name of NAMES) expect(out.join('\n')).toMatch(new RegExp(`^  ${name} +\\w`, 'm'));
  });

  it('without a command says the same as an error, and counts as misuse', async () => {
    const { exitCode, out, err } = await runCommand('/nowhere', []);
    expect({ exitCode, out }).toEqual({ exitCode: 2, out: [] });
    expect(err).toEqual((await runCommand('/nowhere', ['--help'])).out);
  });

  it('--version prints the version of the package', async () => {
    const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
    expect(await runCommand('/nowhere', ['--version'])).toEqual({ exitCode: 0, out: [version], err: [] });
  });

  it.each(NAMES)('%s --help prints its options and does nothing else', async (name) => {
    const { exitCode, out, err } = await runCommand('/nowhere', [name, '--help']);
    expect({ exitCode, err }).toEqual({ exitCode: 0, err: [] });
    expect(out.find((line) => line.startsWith('Usage:'))).toContain(`tandem ${name}`);
    expect(out.join('\n')).toMatch(/^ {2}-h, --help/m);
  });

  it('suggests the command that was meant', async () => {
    expect(await runCommand('/nowhere', ['sessoins'])).toEqual({
      exitCode: 2,
      out: [],
      err: ["tandem: unknown command 'sessoins'", 'Did you mean sessions?', 'tandem --help says more.'],
    });
  });

  it('suggests the option that was meant', async () => {
    const { exitCode, err } = await runCommand('/nowhere', ['devices', '--jsn']);
    expect(exitCode).toBe(2);
    expect(err).toEqual(["tandem: unknown option '--jsn'", 'Did you mean --json?', 'tandem devices --help says more.']);
  });

  it.each([
    [['devices', 'phone'], "too many arguments for 'devices'. Expected 0 arguments but got 1."],
    [['account', 'reveal'], "unknown command 'reveal'"],
    [['account', 'show', 'more'], "too many arguments for 'show'."],
    [['trace'], "missing required argument 'session'"],
    [['help', 'sned'], 'There is no command "tandem sned".'],
    [['help', 'token', 'crate'], 'Did you mean tandem token create?'],
    [['start', '--port', 'http'], '--port: gateway.port must be a whole number from 0 to 65535, not "http"'],
    [['start', '--port', '65536'], '--port: gateway.port must be a whole number from 0 to 65535, not 65536'],
    [['start', '--demo', '--air', 'air.sock'], '--demo has simulated controllers of its own and takes no --air.'],
    [['start', '--demo', '--role', 'both'], 'takes no --role.'],
    [['start', '--demo', '--adapter', '1'], 'takes no --adapter.'],
    [['start', '--name'], "option '--name <NAME>' argument missing"],
    [['send', 'phone'], 'tandem send takes a device and something to send.'],
    [
      ['send', 'phone', 'hi', '--wait', '0'],
      "option '--wait <MS>' argument '0' is invalid. It takes a whole number from 1 to 3600000.",
    ],
    [['send', 'phone', 'hi', '--app', 'tandem.echo'], 'It takes bundle/module/ability.'],
  ])('%j is misuse: %s', async (args, words) => {
    const { exitCode, out, err } = await runCommand(await makeTemporaryDirectory(), args);
    expect({ exitCode, out }).toEqual({ exitCode: 2, out: [] });
    expect(err.join('\n')).toContain(words);
  });

  it('says of what belongs to another user who may do it, without a stack', async () => {
    const denied = Object.assign(new Error("EACCES: permission denied, open 'account'"), {
      code: 'EACCES',
      syscall: 'open',
      path: 'account',
    });
    const io = {
      ...createRecordedIo(),
      readInput: () =>
        Readable.from(
          (async function* () {
            yield* [];
            throw denied;
          })(),
        ),
    };
    const directory = await makeTemporaryDirectory();
    expect(await run(['account', 'import', '--state-dir', directory], io)).toBe(1);
    expect(io.errLines).toEqual([
      'tandem: account cannot be read: it belongs to another user.',
      'Run the command as that user, or choose another place with --state-dir DIR.',
    ]);
  });

  it('takes --help after -- for a word', async () => {
    const { exitCode, out } = await runCommand(await makeTemporaryDirectory(), ['send', 'phone', '--', '--help']);
    expect({ exitCode, out }).toEqual({ exitCode: 3, out: [] });
  });
});
