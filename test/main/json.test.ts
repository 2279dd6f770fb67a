import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CommandUnknownOpts } from '@commander-js/extra-typings';
import { describe, expect, it } from 'vitest';
import { COMMANDS, createProgram, pathOf } from '../../src/main/program.js';
import { run } from '../../src/main/run.js';
import { createIo } from '../../src/main/terminal/io.js';
import { createAccount } from '../../src/transport/account.js';
import { createRecordedIo, makeTemporaryDirectory } from './recorded-io.js';
import { runCommand, startService } from './running-service.js';
import { createTwoPlaces } from './two-places.js';

/** Those that do something. */
function leavesOf(command: CommandUnknownOpts): readonly CommandUnknownOpts[] {
  return command.commands.length === 0 ? [command] : command.commands.flatMap(leavesOf);
}

describe('--json', () => {
  it.each(Object.keys(COMMANDS))('is an option of %s and of everything below it', async (name) => {
    const program = await createProgram(
      createIo(createRecordedIo(), () => {}),
      [name],
    );
    const command = program.commands.find((candidate) => candidate.name() === name);
    const leaves = command === undefined ? [] : leavesOf(command);
    expect(leaves).not.toEqual([]);
    for (const leaf of leaves) {
      expect([pathOf(leaf), leaf.options.map(({ long }) => long)]).toEqual([
        pathOf(leaf),
        expect.arrayContaining(['--json']),
      ]);
    }
  });

  it.each([
    [['account', 'create', '--force'], { fingerprint: expect.any(String) }],
    [['account', 'show'], { fingerprint: expect.any(String), file: expect.stringContaining('account') }],
    [['account', 'fingerprint'], { fingerprint: expect.any(String) }],
    [['account', 'export'], { account: expect.any(String) }],
    [['account', 'import', '--force'], { fingerprint: expect.any(String) }],
    [['token', 'create', 'lamp', '--bundle', 'b'], { tokenId: expect.any(String), token: expect.any(String) }],
    [['token', 'list'], []],
    [['config', 'check'], { isValid: true, problems: [] }],
    [['config', 'show'], expect.arrayContaining([expect.objectContaining({ name: 'gateway.port' })])],
    [['config', 'schema'], expect.objectContaining({ type: 'object' })],
    [['chart', 'radio', '--format', 'mmd'], { machine: 'radio', format: 'mmd', document: expect.any(String) }],
    [['completion', 'fish'], { shell: 'fish', script: expect.stringContaining('complete -c tandem') }],
  ])('makes of %j one object', async (args, expected) => {
    const directory = await makeTemporaryDirectory();
    await writeFile(join(directory, 'account'), `${createAccount()}\n`, { mode: 0o600 });
    const io = createRecordedIo({ env: { TANDEM_STATE_DIR: directory }, input: createAccount() });
    expect(await run([...args, '--json'], io)).toBe(0);
    expect(JSON.parse(io.outLines.join('\n') + io.written().toString())).toEqual(expected);
    expect(io.errLines).toEqual([]);
  });

  it('says of a configuration that is wrong what is wrong', async () => {
    const directory = await makeTemporaryDirectory();
    await writeFile(join(directory, 'config.yaml'), 'gateway:\n  prot: 1\n');
    const { exitCode, out } = await runCommand(directory, ['config', 'check', '--json']);
    expect(exitCode).toBe(1);
    expect(JSON.parse(out.join(''))).toEqual({
      isValid: false,
      file: join(directory, 'config.yaml'),
      problems: [
        { place: expect.stringContaining('config.yaml:2:3'), message: expect.stringContaining('gateway.prot') },
      ],
    });
  });

  it('makes of a start an object for each thing that happens', async () => {
    const { io } = await startService({ args: ['--demo', '--json'], ready: /"type":"demo"/ });
    const [started, ...others] = io.outLines.map((line) => JSON.parse(line));
    expect(started).toEqual({
      type: 'started',
      version: expect.any(String),
      deviceId: expect.stringMatching(/^[0-9a-f]{16}$/),
      deviceName: 'kitchen',
      url: expect.stringMatching(/^ws:/),
      page: expect.stringMatching(/^http:/),
      stateDirectory: expect.any(String),
      role: 'central',
      radio: expect.any(String),
    });
    expect(others).toEqual([
      expect.objectContaining({ type: 'app', deviceName: 'phone' }),
      {
        type: 'demo',
        deviceName: 'phone',
        airPath: expect.stringMatching(/air\.sock$/),
        login: expect.stringMatching(/#login=/),
      },
    ]);
  });

  it('makes of answers and of the end of a send an object each, and of a failure one on standard error', async () => {
    const { kitchen } = await createTwoPlaces();
    const good = kitchen.begin(['send', 'phone', 'hi', '--json']);
    expect(await good.finished).toBe(0);
    expect(good.io.outLines.map((line) => JSON.parse(line))).toEqual([
      { type: 'text', deviceName: 'phone', text: 'hi' },
      { type: 'delivered', sessionId: 100, deviceId: 'p1', deviceName: 'phone' },
    ]);
    const bad = kitchen.begin(['send', 'phone', 'hi', '--app', 'no/such/App', '--json']);
    expect(await bad.finished).toBe(1);
    expect(bad.io.outLines).toEqual([]);
    expect(bad.io.errLines.map((line) => JSON.parse(line))).toEqual([
      {
        error: {
          message: expect.stringContaining('PEER_ABILITY_NO_ONCOLLABORATE'),
          advice: expect.any(Array),
          exitCode: 1,
          sessionId: 101,
          diagnosis: 'no/such/App is not registered with onCollaborate on phone. Start it there.',
        },
      },
    ]);
  });

  it('makes of a wrong command line an object, with exit code 2', async () => {
    const { exitCode, out, err } = await runCommand('/nowhere', ['devices', '--json', '--wach']);
    expect({ exitCode, out }).toEqual({ exitCode: 2, out: [] });
    expect(JSON.parse(err.join(''))).toEqual({
      error: {
        message: "unknown option '--wach'",
        advice: ['Did you mean --watch?', 'tandem devices --help says more.'],
        exitCode: 2,
      },
    });
  });

  it('makes of every entry that is watched a line', async () => {
    const { kitchen } = await createTwoPlaces();
    await kitchen.begin(['send', 'phone', 'hi']).finished;
    const { io, finished } = kitchen.begin(['watch', '100', '--json']);
    expect(await finished).toBe(0);
    const entries = io.outLines.map((line) => JSON.parse(line));
    expect(entries[0]).toMatchObject({ offset: 1, lane: 'client', name: 'createAbilityConnectionSession' });
    expect(entries).toContainEqual(expect.objectContaining({ machine: 'session', to: 'destroyed' }));
  });
});
