/** The package and the tree on every Node.js that is supported, and what one says that is not. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import { describe, expect, inject, it, onTestFinished } from 'vitest';
import { makeCheckout } from '../docs/shell/checkout.js';
import { accessTo, ownState } from './access.js';
import { startProgram } from './program.js';
import { EMPTY_PROJECT, STRANGERS_ENV } from './project.js';
import { saveSnippets } from './snippets.js';

const HOME = 'test/installed/nodes';
const MISSING = `another Node.js is missing; on Linux with an x64 processor: npm ci --prefix ${HOME}`;
const OLD = '18';
/** A command takes a minute at most; this ends one that waits for ever. */
const MOST_MS = 240_000;
const versions = Object.keys(JSON.parse(readFileSync(`${HOME}/package.json`, 'utf8')).optionalDependencies)
  .map((name) => name.replace('node-', ''))
  .filter((version) => version !== OLD);

it('the oldest of them is the oldest that the package takes', () => {
  expect(JSON.parse(readFileSync('package.json', 'utf8')).engines.node).toBe(`>=${versions[0]}.0`);
});

describe.each(versions)('Node.js %s', (version) => {
  it('installs the package without a warning, and runs the programs of the README and the demo', async ({ skip }) => {
    const env = { ...(await ownState()), ...pathWith(version, skip) };
    const folder = join(env.TANDEM_STATE_DIR, '../project');
    mkdirSync(folder);
    writeFileSync(join(folder, 'package.json'), EMPTY_PROJECT);
    const installed = run('npm', ['install', inject('project').tarball], { cwd: folder, env });
    expect(installed).toMatchObject({ status: 0, output: expect.not.stringMatching(/warn/i) });
    const [inProcess, overGateway] = saveSnippets(folder);
    expect(run('node', [`${inProcess?.path}.js`], { cwd: folder, env })).toEqual({
      status: 0,
      output: inProcess?.prints,
    });
    const demo = await startProgram(['npx', 'tandem', 'start', '--demo'], { cwd: folder, env, until: /^Ctrl\+C/m });
    const access = { ...env, ...accessTo(demo, env.TANDEM_STATE_DIR) };
    expect(run('node', [`${overGateway?.path}.js`], { cwd: folder, env: access })).toEqual({
      status: 0,
      output: overGateway?.prints,
    });
    await demo.stop();
  });

  it('builds this tree, and starts it', async ({ skip }) => {
    const path = pathWith(version, skip);
    const checkout = await makeCheckout({ isInstalled: true });
    onTestFinished(checkout.remove);
    const env = { ...checkout.env, ...path };
    expect(run('npm', ['ci', '--dry-run'], { cwd: checkout.cwd, env }).output).not.toContain('EBADENGINE');
    expect(run('npm', ['run', 'build'], { cwd: checkout.cwd, env })).toMatchObject({ status: 0 });
    const demo = await startProgram(['npm', 'start'], { cwd: checkout.cwd, env, until: /^Ctrl\+C/m });
    const sent = run('npx', ['tandem', 'send', 'phone', 'hello'], { cwd: checkout.cwd, env });
    expect(sent).toMatchObject({ status: 0, output: expect.stringContaining('phone: hello') });
    await demo.stop();
  });
});

describe(`Node.js ${OLD}`, () => {
  it.for(['start --demo', 'devices', '--version'])('is told which one tandem %s needs', (line, { skip }) => {
    const { folder } = inject('project');
    const env = { ...STRANGERS_ENV, ...pathWith(OLD, skip) };
    const program = join(folder, 'node_modules/.bin/tandem');
    const { status, output } = run(program, line.split(' '), { cwd: folder, env });
    expect(status).toBe(1);
    expect(output).toMatch(/^tandem: it needs Node\.js 20\.19 or newer, and this is 18\.\d+\.\d+ \(.*\)\.\n$/);
  });
});

/** What a shell has where that Node.js is the first. Skips the test where it is missing; in CI that is a failure. */
function pathWith(version: string, skip: (note: string) => void): { readonly PATH: string } {
  const folder = resolve(HOME, `node_modules/node-${version}/bin`);
  if (!existsSync(folder)) {
    if (process.env['CI'] === 'true') expect.fail(MISSING);
    process.stderr.write(`${MISSING}\n`);
    skip(MISSING);
  }
  return { PATH: [folder, STRANGERS_ENV.PATH].join(delimiter) };
}

interface RunOptions {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
}

/** Status null: it was ended after MOST_MS. */
function run(program: string, args: readonly string[], { cwd, env }: RunOptions) {
  const { status, stdout, stderr } = spawnSync(program, args, { cwd, env, encoding: 'utf8', timeout: MOST_MS });
  return { status, output: `${stdout}${stderr}` };
}
