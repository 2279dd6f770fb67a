import { execFile, execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import ts from 'typescript';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { ExitCode } from '../../src/main/command-error.js';
import { run } from '../../src/main/run.js';
import { createRecordedIo } from '../main/recorded-io.js';

const readme = readFileSync('README.md', 'utf8');
const programs = blocks('ts').map((text, index) => ({ name: `block-${index + 1}.ts`, text }));
const commands = blocks('sh').flatMap((text) =>
  text
    .trim()
    .split('\n')
    .map((line) => line.replace(/\s*#.*$/, '')),
);

/** Within the tree, so that the blocks find its packages; not kept. */
const folder = resolve('test-results/readme');

beforeAll(() => {
  mkdirSync(folder, { recursive: true });
  for (const { name, text } of programs) writeFileSync(join(folder, name), text);
});

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

describe('README', () => {
  it('has programs and commands', () => {
    expect(programs.length).toBeGreaterThanOrEqual(2);
    expect(commands).toEqual(expect.arrayContaining(['npm ci', 'npm start', 'npm run test:all']));
  });

  it('names only scripts that exist', () => {
    const { scripts } = JSON.parse(readFileSync('package.json', 'utf8'));
    const named = commands.flatMap((command) => /^npm (?:run )?([\w:]+)/.exec(command)?.[1] ?? []);
    expect(['ci', ...Object.keys(scripts)]).toEqual(expect.arrayContaining(named));
  });

  it('has programs that pass the type checker', () => {
    const { config } = ts.readConfigFile('tsconfig.json', ts.sys.readFile);
    const { options } = ts.parseJsonConfigFileContent(config, ts.sys, process.cwd());
    const program = ts.createProgram(
      programs.map(({ name }) => join(folder, name)),
      options,
    );
    const problems = programs
      .map(({ name }) => program.getSourceFile(join(folder, name)))
      .flatMap((file) => [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)])
      .map(({ messageText }) => messageText);
    expect(problems).toEqual([]);
  }, 120_000);
});

describe('README, on what Tandem is built with', () => {
  const rows = [...readme.matchAll(/^\| (@?[\w/]+) \| (.+) \| (`.+`) \|$/gm)].map(
    ([, by = '', what = '', places = '']) => ({
      by,
      what,
      places: [...places.matchAll(/`([^`]+)`/g)].map(([, place = '']) => place),
    }),
  );

  it('names what the machines, the radio, the gateway and the tests are made of', () => {
    const names = [
      'XState',
      'RxJS',
      '@abandonware/noble',
      '@abandonware/bleno',
      'Fastify',
      '@fastify/websocket',
      'Vitest',
    ];
    expect(rows.map(({ by }) => by)).toEqual(names);
    const { dependencies, devDependencies } = JSON.parse(readFileSync('package.json', 'utf8'));
    expect(Object.keys({ ...dependencies, ...devDependencies })).toEqual(
      expect.arrayContaining(names.map((name) => name.toLowerCase())),
    );
  });

  it.each(rows)('names places of $by that are there and have to do with it', ({ by, places }) => {
    expect(places).not.toEqual([]);
    expect(places.filter((place) => !existsSync(place))).toEqual([]);
    // By its name, or in a file that is named after it.
    const word = by.replace('@abandonware/', '').toLowerCase();
    for (const place of places)
      expect(execFileSync('grep', ['-rlE', `'${word}['/]|\\./.*${word}`, place], { encoding: 'utf8' })).not.toBe('');
  });

  it('links the examples, which are packed with it', () => {
    expect(readme).toContain('](examples)');
    expect(JSON.parse(readFileSync('package.json', 'utf8')).files).toContain('examples');
  });
});

describe('README, in process', () => {
  it('prints what it says', async () => {
    expect(await printedBy(0)).toEqual(promisedBy(0));
  });
});

describe('README, against the demo', () => {
  const io = createRecordedIo();
  let stateDirectory: string;
  let ended: Promise<ExitCode>;

  beforeAll(async () => {
    stateDirectory = await mkdtemp(join(tmpdir(), 'tandem-readme-'));
    ended = run(['start', '--demo', '--port', '0', '--state-dir', stateDirectory], io);
    await io.whenOut(/Ctrl\+C/);
  });

  afterAll(async () => {
    io.interrupt();
    expect(await ended).toBe(ExitCode.ok);
    await rm(stateDirectory, { recursive: true });
  });

  it.each(commands.filter((command) => command.startsWith('npx tandem ')))('%s works', async (command) => {
    const terminal = createRecordedIo({ env: { TANDEM_STATE_DIR: stateDirectory } });
    const exitCode = await run(command.split(' ').slice(2), terminal);
    expect({ exitCode, errors: terminal.errLines }).toEqual({ exitCode: ExitCode.ok, errors: [] });
    const expected = { devices: /phone/, send: /hello/, sessions: /./ }[command.split(' ')[2] ?? ''];
    expect(terminal.outLines.join('\n')).toMatch(expected ?? /^no such command in this table$/);
  });

  it('prints what it says', async () => {
    vi.stubEnv('TANDEM_URL', /ws:\S+?(?=,|\s|$)/.exec(io.outLines.join('\n'))?.[0]);
    vi.stubEnv('TANDEM_TOKEN', readFileSync(join(stateDirectory, 'token'), 'utf8').trim());
    expect(await printedBy(1)).toEqual(promisedBy(1));
  });
});

describe('README, where no gateway is', () => {
  it('has a program that ends with a sentence', async () => {
    const source = ts.transpileModule(programs[1]?.text ?? '', { compilerOptions: { module: ts.ModuleKind.ESNext } });
    const path = join(folder, 'nowhere.mjs');
    writeFileSync(path, source.outputText);
    const env = { ...process.env, TANDEM_URL: 'ws://127.0.0.1:1/v1/ws', TANDEM_TOKEN: 'any' };
    const failure = await promisify(execFile)(process.execPath, [path], { env }).catch((error: unknown) => error);
    expect(failure).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringContaining(
        'The gateway cannot be reached. There was no connection to ws://127.0.0.1:1/v1/ws within 10 s.',
      ),
    });
  }, 60_000);
});

function blocks(language: string): string[] {
  return [...readme.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, 'gms'))].map((match) => match[1] ?? '');
}

async function printedBy(index: number): Promise<unknown[]> {
  const log = vi.spyOn(console, 'log').mockImplementation(() => {});
  await import(pathToFileURL(join(folder, programs[index]?.name ?? '')).href);
  return log.mock.calls.map(([line]) => line);
}

/** The lines end in `// prints: …`. */
function promisedBy(index: number): string[] {
  const promised = [...(programs[index]?.text ?? '').matchAll(/\/\/ prints: (.*)$/gm)].map((match) => match[1] ?? '');
  expect(promised).not.toEqual([]);
  return promised;
}

describe('README, for whoever changes Tandem', () => {
  it('names the line that installs what the tests need and runs them, which is the one that CI runs', () => {
    expect(readFileSync('.ci/run', 'utf8')).toMatch(/^export CI=true\nnpm run test:all$/m);
  });
});
