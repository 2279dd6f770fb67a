import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

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

  function tandem(...args: readonly string[]) {
    return spawnSync(process.execPath, [join(root, 'bin/tandem.js'), ...args], { encoding: 'utf8' });
  }
});
