import { spawnSync } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const PROGRAM = resolve('scripts/build.mjs');
/** Steps that note that they ran, and leave what a build leaves. */
const STEPS = [
  'mkdir -p dist/main dist/page && echo compiled >> log && touch dist/main/cli.js',
  'echo bundled >> log && touch dist/page/index.html',
];

describe('npm run build', () => {
  let root: string;

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'tandem-build-'));
    mkdirSync(join(root, 'src/deep'), { recursive: true });
    writeFileSync(join(root, 'src/deep/a.ts'), 'one');
    writeSteps(STEPS);
  });

  afterEach(() => rmSync(root, { recursive: true }));

  function writeSteps(steps: readonly string[]): void {
    writeFileSync(join(root, 'package.json'), JSON.stringify({ scripts: { 'build:steps': steps.join(' && ') } }));
  }

  function build(...args: readonly string[]) {
    return spawnSync(process.execPath, [PROGRAM, ...args], { cwd: root, encoding: 'utf8' });
  }

  function runs(): number {
    return existsSync(join(root, 'log')) ? readFileSync(join(root, 'log'), 'utf8').split('compiled').length - 1 : 0;
  }

  it('says what it does, and how long each step took', () => {
    const { status, stderr } = build();
    expect(status).toBe(0);
    expect(stderr).toMatch(/^Building Tandem, which takes about a minute the first time:\n/);
    expect(stderr).toMatch(/^ {2}echo compiled >> log … \d+\.\d s$/m);
    expect(stderr).toMatch(/^ {2}touch dist\/page\/index\.html … \d+\.\d s$/m);
  });

  it('does nothing, without a word, when nothing has changed, also after another branch and back', () => {
    build();
    writeFileSync(join(root, 'src/deep/a.ts'), 'two');
    writeFileSync(join(root, 'src/deep/a.ts'), 'one');
    writeFileSync(join(root, 'README.md'), 'no input');
    expect(build()).toMatchObject({ status: 0, stdout: '', stderr: '' });
    expect(runs()).toBe(1);
  });

  it.each([
    ['a source changed', () => appendFileSync(join(root, 'src/deep/a.ts'), '!')],
    ['a source came', () => writeFileSync(join(root, 'src/b.ts'), '')],
    ['a source went', () => rmSync(join(root, 'src/deep/a.ts'))],
    ['the settings of a tool changed', () => writeFileSync(join(root, 'tsconfig.build.json'), '{}')],
    ['the steps changed', () => writeSteps([...STEPS, 'true'])],
    ['the result went', () => rmSync(join(root, 'dist/page/index.html'))],
    ['all of it went', () => rmSync(join(root, 'dist'), { recursive: true })],
  ])('builds again when %s', (_, change) => {
    build();
    change();
    expect(build().stderr).toContain('Building Tandem');
    expect(runs()).toBe(2);
  });

  it('builds again when told to', () => {
    build();
    build('--force');
    expect(runs()).toBe(2);
  });

  it('says which step failed, ends with its status, and tries again the next time', () => {
    build();
    writeSteps([...STEPS, 'sh -c "exit 7"']);
    for (const _ of [1, 2]) {
      const { status, stderr } = build();
      expect(status).toBe(7);
      expect(stderr).toContain('The build failed at: sh -c "exit 7"');
    }
    expect(runs()).toBe(3);
  });

  it('is what npm start does first', () => {
    const { scripts } = JSON.parse(readFileSync('package.json', 'utf8'));
    expect(scripts.build).toBe('node scripts/build.mjs');
    expect(scripts.start).toMatch(/^npm run --silent build && /);
  });
});
