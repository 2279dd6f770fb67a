import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

/** The oldest Node.js that is supported. */
const least = '20.19';

describe('bin/tandem.js', () => {
  let root: string;

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'tandem-bin-'));
    mkdirSync(join(root, 'bin'));
    writeFileSync(join(root, 'package.json'), '{ "type": "module" }');
    copyFileSync('bin/tandem.js', join(root, 'bin/tandem.js'));
  });

  afterEach(() => rmSync(root, { recursive: true }));

  it('may be executed', () => {
    expect(statSync('bin/tandem.js').mode & 0o111).toBe(0o111);
  });

  it('says what to do before the first build', () => {
    const { status, stderr } = tandem('devices');
    expect(status).toBe(1);
    expect(stderr).toContain('npm run build');
  });

  it('is the program once that is built', () => {
    mkdirSync(join(root, 'dist/main'), { recursive: true });
    const program = 'console.log(process.argv.slice(2)); process.exitCode = 3;';
    writeFileSync(join(root, 'dist/main/cli.js'), program);
    expect(tandem('send', 'phone')).toMatchObject({ status: 3, stdout: "[ 'send', 'phone' ]\n" });
  });

  it.each(['18.20.8', '20.18.3', '16.0.0'])('says in words that Node.js %s is too old', (version) => {
    const old = join(root, 'old.cjs');
    writeFileSync(old, `Object.defineProperty(process.versions, 'node', { value: '${version}' });`);
    const { status, stdout, stderr } = spawnSync(process.execPath, ['-r', old, join(root, 'bin/tandem.js'), 'start'], {
      encoding: 'utf8',
    });
    expect([status, stdout]).toEqual([1, '']);
    expect(stderr).toBe(`tandem: it needs Node.js ${least} or newer, and this is ${version} (${process.execPath}).\n`);
  });

  it('needs what package.json and the documents say', () => {
    expect(JSON.parse(readFileSync('package.json', 'utf8')).engines.node).toBe(`>=${least}.0`);
    expect(readFileSync('bin/tandem.js', 'utf8')).toContain(`const LEAST = [${least.replace('.', ', ')}];`);
    const documents = ['README.md', 'CONTRIBUTING.md', 'docs/install.md', 'packages/node-red-contrib-tandem/README.md'];
    for (const path of documents)
      expect(readFileSync(path, 'utf8')).toMatch(new RegExp(`Node(?:\\.js)? ${least} or newer`));
  });

  function tandem(...args: readonly string[]) {
    return spawnSync(process.execPath, [join(root, 'bin/tandem.js'), ...args], { encoding: 'utf8' });
  }
});
