/** Runs the tools of the kernel test, one at a time. */
import { spawnSync } from 'node:child_process';
import { TOOL_PATH } from './tools.mjs';

/**
 * What the program printed. Throws Error with its complaint when it fails.
 * @param {string} program
 * @param {readonly string[]} args
 * @param {{ readonly cwd?: string, readonly input?: string }} [options]
 */
export function run(program, args, options = {}) {
  const env = { ...process.env, PATH: TOOL_PATH, LC_ALL: 'C' };
  const done = spawnSync(program, args, { encoding: 'buffer', maxBuffer: 2 ** 28, env, ...options });
  if (done.error !== undefined) throw new Error(`${program}: ${done.error.message}`);
  if (done.status === 0) return done.stdout;
  throw new Error(`${program} ${args.join(' ')}: exit status ${done.status ?? done.signal}\n${done.stderr}`);
}
