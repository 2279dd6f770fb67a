import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, type TestContext } from 'vitest';
import { run } from '../../src/main/run.js';
import { openShell, startDemo } from './program.js';
import { createRecordedIo, makeTemporaryDirectory } from './recorded-io.js';
import { HOSTILE } from './terminal/steering.js';
import { createTwoPlaces } from './two-places.js';

/** How each is started without anybody's settings, and made ready. The prompt is put together so that its echo does not look like it. */
const SHELLS = {
  bash: {
    command: ['bash', '--norc', '--noprofile', '-i'],
    setUp: 'bind "set bell-style none"; source <(tandem completion bash); PS1="READ""Y> "\n',
  },
  zsh: {
    command: ['zsh', '-f', '-i'],
    setUp: 'autoload -U compinit; compinit -u -D; source <(tandem completion zsh); PS1="READ""Y> "\n',
  },
  fish: {
    command: ['fish', '--no-config', '-i'],
    setUp: 'tandem completion fish | source; function fish_prompt; echo -n "READ""Y> "; end\n',
  },
} as const;

/** Ctrl+U, in all three. */
const CLEAR_LINE = '\u0015';

/** Only ends a test that hangs. */
const TIMEOUT_MS = 180_000;

describe.each(Object.entries(SHELLS))('in %s, the Tab key', { timeout: TIMEOUT_MS }, (name, { command, setUp }) => {
  it('completes commands, options, values, devices and files', async (context) => {
    requireShell(name, context);
    const directory = await makeTemporaryDirectory();
    await startDemo(directory);
    await writeFile(join(directory, 'photograph.jpg'), '');
    const shell = await openShell(directory, command);
    shell.type(setUp);
    await shell.until(/READY> /);

    /** Types the beginning, sees the rest, and gives the line up. */
    async function completes(typed: string, shown: RegExp): Promise<void> {
      shell.type(`${typed}\t`);
      await shell.until(shown);
      shell.type(CLEAR_LINE);
    }

    await completes('tandem devi', /devices /);
    await completes('tandem token cre', /create /);
    await completes('tandem devices --wa', /--watch /);
    await completes('tandem chart session --format sc', /scxml /);
    await completes('tandem send pho', /phone /);
    await completes('tandem send phone --file photog', /photograph\.jpg /);
  });
});

describe('what is offered', () => {
  it.each([
    [['send', '--no'], ['--no-wait']],
    [
      ['token', ''],
      ['create', 'list', 'revoke', 'help'],
    ],
    [['token', 'create', 'x', '--bundle', 'b', '--sco'], ['--scopes']],
    [
      ['chart', ''],
      ['session', 'peer', 'radio'],
    ],
    [
      ['chart', 'session', '--format', 's'],
      ['svg', 'scxml'],
    ],
    [
      ['chart', 'session', '--format', '=', 's'],
      ['svg', 'scxml'],
    ],
    [
      ['chart', 'session', '--format=s'],
      ['--format=svg', '--format=scxml'],
    ],
    [['receive', ''], [':files']],
    [['start', '--config', ''], [':files']],
    [
      ['completion', ''],
      ['bash', 'zsh', 'fish'],
    ],
    [['sned', ''], []],
    [['help', 'tok'], ['token']],
    [['help', 'token', 'c'], ['create']],
    [['send', '--', '--'], []],
  ])('after %j is %j', async (words, offered) => {
    expect(await offeredFor(words)).toEqual(offered);
  });

  it('is every command without its first letter', async () => {
    expect(await offeredFor([''])).toEqual(expect.arrayContaining(['start', 'send', 'receive', 'completion', 'help']));
    expect(await offeredFor([''])).not.toContain('__complete');
  });

  it('are devices by name and id, and sessions, of the gateway that the line names', async () => {
    const { kitchen } = await createTwoPlaces();
    expect(await offeredFor(['send', ...kitchen.access, ''])).toEqual(['phone', 'p1']);
    expect(await offeredFor(['receive', ...kitchen.access, '--from', 'p'])).toEqual(['phone', 'p1']);
    const waiting = kitchen.begin(
      ['send', 'phone', '--wait', '3600000', '--app', 'tandem.echo/entry/EchoAbility', '--data', '-'],
      'x',
      {
        out: () => {},
      },
    );
    await waiting.finished;
    expect(await offeredFor(['trace', ...kitchen.access, '1'])).toEqual([]);
  });

  it('is the id of a device whose name could mean more than itself to a shell', async () => {
    for (const name of ['$(reboot)', 'a;b', '-rf', 'my phone', HOSTILE]) {
      const { kitchen } = await createTwoPlaces({ kitchen: 'kitchen', phone: name });
      expect(await offeredFor(['send', ...kitchen.access, ''])).toEqual(['p1']);
    }
  });

  it('is nothing, without a word, where no gateway answers', async () => {
    const io = createRecordedIo({ env: { TANDEM_STATE_DIR: await makeTemporaryDirectory() } });
    expect(await run(['__complete', '--', 'send', ''], io)).toBe(0);
    expect([io.written().toString(), io.outLines, io.errLines]).toEqual(['', [], []]);
  });
});

/** The words, without what they mean. */
async function offeredFor(words: readonly string[]): Promise<string[]> {
  const io = createRecordedIo({ env: { TANDEM_STATE_DIR: '/nowhere' } });
  expect(await run(['__complete', '--', ...words], io)).toBe(0);
  const lines = io.written().toString().split('\n').slice(0, -1);
  return lines.map((line) => line.split('\t')[0] ?? '');
}

function requireShell(name: string, { skip }: TestContext): void {
  if (existsSync(`/usr/bin/${name}`) || existsSync(`/bin/${name}`)) return;
  const words = `${name} is missing; on Debian: apt-get install ${name}`;
  if (process.env['CI'] === 'true') expect.fail(words);
  skip(words);
}
