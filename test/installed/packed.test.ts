/** The package in a project that has nothing else. */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, lstatSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { describe, expect, inject, it } from 'vitest';
import { readShellBlocks, type ShellBlock } from '../../scripts/shell-blocks.mjs';
import { accessTo, ownState } from './access.js';
import { startProgram } from './program.js';
import { npmIn, STRANGERS_ENV } from './project.js';
import { saveSnippets } from './snippets.js';

const { folder, tarball, installed } = inject('project');
const modules = join(folder, 'node_modules');
const manifest = JSON.parse(readFileSync('package.json', 'utf8'));
const exported = Object.keys(manifest.exports).map((path) => `tandem-broker${path.slice(1)}`);
const snippets = saveSnippets(folder);

interface Locked {
  readonly version?: string;
  readonly hasInstallScript?: boolean;
  readonly os?: readonly string[];
}

/** By path, as npm noted what it installed. */
const locked: [path: string, Locked][] = Object.entries(
  JSON.parse(readFileSync(join(modules, '.package-lock.json'), 'utf8')).packages,
);

describe('the package, installed', () => {
  it('gives no warning', () => expect(installed).not.toMatch(/warn/i));

  it('brings nothing that is compiled, or that is for some systems only', () => {
    expect(locked.filter(([, { hasInstallScript, os }]) => hasInstallScript || os).map(([path]) => path)).toEqual([]);
    expect(filesBelow(modules).filter((path) => /\.node$|binding\.gyp$/.test(path))).toEqual([]);
  });

  it('brings no tar and nothing of a radio: they are for whoever asks', () => {
    const names = locked.map(([path]) => path.split('node_modules/').at(-1));
    expect(names.filter((name) => /^(tar|node-gyp|usb|@mapbox\/.*|@abandonware\/.*)$/.test(name ?? ''))).toEqual([]);
  });

  it('takes as much room as docs/install.md says, and less than 60 MB', () => {
    const [, documented = ''] = /It takes (\d+) MB/.exec(readFileSync('docs/install.md', 'utf8')) ?? [];
    const taken = Math.round(
      filesBelow(modules).reduce((sum, path) => sum + lstatSync(path).blocks * 512, 0) / 2 ** 20,
    );
    expect(taken).toBeLessThan(60);
    expect(Math.abs(taken - Number(documented))).toBeLessThanOrEqual(1);
  });

  it('has no link that leads nowhere', () => {
    const root = join(modules, 'tandem-broker');
    const pages = filesBelow(root).filter((path) => path.endsWith('.md'));
    const dead = pages.flatMap((page) => {
      const prose = readFileSync(page, 'utf8')
        .replaceAll(/^```.*?^```/gms, '')
        .replaceAll(/`[^`\n]*`/g, '');
      const targets = [...prose.matchAll(/\]\(([^)\s#]+)(?:#[^)]*)?\)/g)].map(([, target = '']) => target);
      return targets.filter((target) => !/^[a-z]+:/.test(target) && !existsSync(resolve(dirname(page), target)));
    });
    expect(pages.length).toBeGreaterThan(20);
    expect(dead).toEqual([]);
  });

  it.each(exported)('lets %s be imported, and required', (name) => {
    const isData = name.endsWith('.json');
    const imported = `import(${JSON.stringify(name)}${isData ? ", { with: { type: 'json' } }" : ''})`;
    const count = 'console.log(Object.keys(m).length > 0)';
    expect(node('--input-type=module', '-e', `const m = await ${imported}; ${count}`)).toMatch(/^true\n/);
    expect(node('--input-type=commonjs', '-e', `const m = require(${JSON.stringify(name)}); ${count}`)).toMatch(
      /^true\n/,
    );
  });

  it.each(['nodenext', 'bundler'])('has types for a project with moduleResolution %s', (moduleResolution) => {
    const module = moduleResolution === 'bundler' ? 'esnext' : 'nodenext';
    const compilerOptions = { module, moduleResolution, target: 'es2023', lib: ['es2023'], strict: true, noEmit: true };
    const files = snippets.map(({ path }) => `${path}.ts`);
    const config = { compilerOptions: { ...compilerOptions, types: ['node'], skipLibCheck: true }, files };
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config));
    const { status, stdout } = spawnSync(process.execPath, [resolve('node_modules/typescript/bin/tsc')], {
      cwd: folder,
      encoding: 'utf8',
    });
    expect([status, stdout]).toEqual([0, '']);
  });

  it('runs the first program of the README', () => {
    expect(node(`${snippets[0]?.path}.js`)).toBe(snippets[0]?.prints);
  });

  it('runs the demo, its commands and the second program of the README', async () => {
    const env = await ownState();
    const demo = await startProgram(['npx', 'tandem', 'start', '--demo'], { cwd: folder, env, until: /^Ctrl\+C/m });
    const sent = spawnSync('npx', ['tandem', 'send', 'phone', 'hello'], { cwd: folder, env, encoding: 'utf8' });
    expect([sent.status, sent.stdout]).toEqual([0, expect.stringContaining('phone: hello')]);
    expect(node(`${snippets[1]?.path}.js`, accessTo(demo, env.TANDEM_STATE_DIR))).toBe(snippets[1]?.prints);
    await demo.stop();
  });

  it('runs the programs of the tutorial and the cookbook, in a project of their own', async () => {
    const env = await ownState();
    const demo = await startProgram(['npx', 'tandem', 'start', '--demo'], { cwd: folder, env, until: /^Ctrl\+C/m });
    const access = { ...env, ...accessTo(demo, env.TANDEM_STATE_DIR) };
    const programs = ['docs/tutorial.md', 'docs/cookbook.md'].flatMap(readServices);
    expect(programs.map(({ file }) => file)).toEqual(['timer.mjs', 'door.mjs']);
    for (const { file = '', lines } of programs) {
      writeFileSync(join(folder, file), lines.join('\n'));
      const program = await startProgram(['node', file], { cwd: folder, env: access, until: /is ready\.$/m });
      await program.stop();
    }
    await demo.stop();
  });

  it('says at once what a radio needs, and how to get it', async () => {
    const env = await ownState();
    const broker = await startProgram(['npx', 'tandem', 'start'], { cwd: folder, env, until: /^No radio: .*\n.*\n/m });
    expect(broker.output()).toMatch(
      /^No radio: @abandonware\/bluetooth-hci-socket, which drives Bluetooth adapters, is not installed/m,
    );
    expect(broker.output()).toMatch(/^Install it with: npm .*@abandonware\/bluetooth-hci-socket/m);
    expect(broker.output()).not.toMatch(/^ +at /m);
  });

  it('says what a picture needs', () => {
    const { status, stderr } = spawnSync('npx', ['tandem', 'chart', 'session', '--format', 'png', '--out', 'a.png'], {
      cwd: folder,
      env: STRANGERS_ENV,
      encoding: 'utf8',
    });
    expect([status, stderr]).toEqual([1, expect.stringContaining('npm install @resvg/resvg-js')]);
  });

  it('can be installed again from what npm locked', () => {
    expect(npmIn(folder, 'ci')).not.toMatch(/warn/i);
    expect(existsSync(tarball)).toBe(true);
  });
});

/** Those that wait to be asked. */
function readServices(path: string): ShellBlock[] {
  const blocks = readShellBlocks({ path, text: readFileSync(path, 'utf8') });
  return blocks.filter(
    ({ file, lines }) => file?.endsWith('.mjs') && lines.some((line) => line.includes('onCollaborate')),
  );
}

function node(...args: readonly (string | Readonly<Record<string, string>>)[]): string {
  const words = args.filter((arg) => typeof arg === 'string');
  const env = Object.assign({}, STRANGERS_ENV, ...args.filter((arg) => typeof arg !== 'string'));
  return execFileSync(process.execPath, words, {
    cwd: folder,
    env,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

function filesBelow(directory: string): string[] {
  return readdirSync(directory, { recursive: true, encoding: 'utf8' }).map((path) => join(directory, path));
}
