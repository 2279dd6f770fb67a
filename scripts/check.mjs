/** `npm run check`: every check that needs no test, one after the other; a failure stops none of the others. */
import { spawnSync } from 'node:child_process';
import { delimiter, join } from 'node:path';

const CHECKS = [
  { name: 'types', command: 'tsc', args: ['-p', '.'] },
  { name: 'types of the page', command: 'tsc', args: ['-p', 'tsconfig.page.json'] },
  { name: 'format and lint', command: 'biome', args: ['check', '--error-on-warnings', '.'] },
  { name: 'layers', command: process.execPath, args: ['scripts/check-layers.mjs'] },
  { name: 'house rules', command: process.execPath, args: ['scripts/check-house.mjs'] },
  { name: 'nothing unused', command: 'knip', args: [] },
];

const env = { ...process.env, PATH: [join(process.cwd(), 'node_modules/.bin'), process.env['PATH']].join(delimiter) };

const failed = CHECKS.filter(({ name, command, args }) => {
  console.log(`── ${name}`);
  const { status, error } = spawnSync(command, args, { stdio: ['ignore', 'inherit', 'inherit'], env });
  if (error !== undefined) console.error(error.message);
  return status !== 0;
});

console.log(failed.length === 0 ? 'check: all passed' : `check: failed: ${failed.map(({ name }) => name).join(', ')}`);
process.exitCode = failed.length === 0 ? 0 : 1;
