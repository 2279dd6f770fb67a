/** `npm run build`: carries out the commands of `build:steps`, says which, and does nothing where nothing has changed since the last time. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** What a build is made of, and what shows that there was one. */
const INPUTS = [/^src$/, /^scripts$/, /^package(-lock)?\.json$/, /^tsconfig.*\.json$/, /^vite.*\.config\.ts$/];
const OUTPUTS = ['dist/main/cli.js', 'dist/page/index.html'];
/** Names the inputs of the last build that was finished. */
const STAMP = 'dist/.inputs';

const isForced = process.argv.includes('--force');
const inputs = hashOf(readdirSync('.').filter((name) => INPUTS.some((pattern) => pattern.test(name))));
const isBuilt = OUTPUTS.every((path) => existsSync(path));

if (isForced || !isBuilt || !existsSync(STAMP) || readFileSync(STAMP, 'utf8') !== inputs) process.exitCode = build();

/** @returns {number} the exit status */
function build() {
  const steps = readSteps();
  rmSync(STAMP, { force: true });
  say(isBuilt ? 'Building Tandem:\n' : 'Building Tandem, which takes about a minute the first time:\n');
  for (const step of steps) {
    const startedMs = performance.now();
    say(`  ${step} … `);
    const { status } = spawnSync(step, { shell: true, stdio: ['ignore', 'inherit', 'inherit'], env: environment() });
    if (status !== 0) {
      say(`\nThe build failed at: ${step}\n`);
      return status ?? 1;
    }
    say(`${((performance.now() - startedMs) / 1_000).toFixed(1)} s\n`);
  }
  mkdirSync('dist', { recursive: true });
  writeFileSync(STAMP, inputs);
  return 0;
}

/** @returns {string[]} */
function readSteps() {
  const { scripts } = JSON.parse(readFileSync('package.json', 'utf8'));
  return scripts['build:steps'].split(' && ');
}

/** As npm makes it for scripts. */
function environment() {
  return { ...process.env, PATH: [join(process.cwd(), 'node_modules/.bin'), process.env['PATH']].join(delimiter) };
}

/** Of names and contents, not of times: another branch and back is no change. @param {string[]} names */
function hashOf(names) {
  const hash = createHash('sha256');
  for (const path of names.sort().flatMap(filesIn)) hash.update(`${path}\0`).update(readFileSync(path)).update('\0');
  return hash.digest('hex');
}

/** @param {string} name @returns {string[]} */
function filesIn(name) {
  if (!/^[^.]*$/.test(name)) return [name];
  return readdirSync(name, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name: inner }) => join(parentPath, inner))
    .sort();
}

/** @param {string} text */
function say(text) {
  process.stderr.write(text);
}
