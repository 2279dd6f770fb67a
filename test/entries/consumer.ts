/** A project of somebody else, in which the packed package is installed as anyone installs it. */
import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const TSC = resolve('node_modules/typescript/bin/tsc');

export interface Consumer {
  readonly directory: string;
  /** What was installed. */
  readonly tarball: string;
  write(name: string, text: string): void;
  /** Compiles files there and says what it cost, with every declaration checked. Rejects with the compiler's words where types do not fit. */
  compile(names: readonly string[], options?: object): Promise<{ readonly instantiations: number }>;
  /** What a compiled file prints. */
  run(name: string): Promise<string>;
  remove(): void;
}

/** Rejects with npm's words where the registry cannot be reached. */
export async function installPackage(): Promise<Consumer> {
  const directory = mkdtempSync(join(tmpdir(), 'tandem-consumer-'));
  const remove = (): void => rmSync(directory, { recursive: true });
  const write = (name: string, text: string): void => writeFileSync(join(directory, name), text);
  const npm = (...args: string[]) => run('npm', args, { cwd: directory });
  let tarball: string;
  try {
    const { devDependencies } = JSON.parse(readFileSync('package.json', 'utf8'));
    write('package.json', JSON.stringify({ private: true, type: 'module' }));
    await npm('pack', '--silent', '--pack-destination', directory, resolve('.'));
    tarball = join(directory, readdirSync(directory).find((name) => name.endsWith('.tgz')) ?? 'no tarball');
    const quiet = ['--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline', '--omit=optional'];
    await npm('install', ...quiet, tarball, `@types/node@${devDependencies['@types/node']}`);
  } catch (error) {
    remove();
    throw error;
  }

  return {
    directory,
    tarball,
    write,
    remove,
    async compile(names, options = {}) {
      const [first = ''] = names;
      write(`${first}.json`, JSON.stringify({ compilerOptions: { ...STRICT, ...options }, files: names }));
      const compiled = await run(process.execPath, [TSC, '--extendedDiagnostics', '-p', `${first}.json`], {
        cwd: directory,
      }).catch((error: { stdout: string }) => error); // what it has to say about types is in its output
      const [, instantiations] = /^Instantiations: +(\d+)$/m.exec(compiled.stdout) ?? [];
      const faults = compiled.stdout.split('\n').filter((line) => line.includes(' error TS'));
      if (faults.length > 0 || instantiations === undefined) throw new Error(faults.join('\n') || compiled.stdout);
      return { instantiations: Number(instantiations) };
    },
    async run(name) {
      return (await run(process.execPath, [name.replace('.ts', '.js')], { cwd: directory })).stdout;
    },
  };
}

const STRICT = {
  module: 'nodenext',
  target: 'es2023',
  types: ['node'],
  strict: true,
  skipLibCheck: false,
};
