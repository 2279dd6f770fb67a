/** What the scripts have in common when they run as programs. */
import { realpathSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/**
 * Runs `work` if `moduleUrl` is the program that node was started with; a module that is only imported runs nothing.
 * @param {string} moduleUrl
 * @param {() => boolean | Promise<boolean>} work true: all is well
 */
export async function runAsProgram(moduleUrl, work) {
  const program = process.argv[1];
  if (program === undefined || realpathSync(program) !== fileURLToPath(moduleUrl)) return;
  process.exitCode = (await work()) ? 0 : 1;
}

/**
 * Tells what a check found, one line each; true if that is nothing.
 * @param {string} name
 * @param {readonly string[]} findings
 */
export function report(name, findings) {
  for (const finding of findings) console.error(finding);
  console.log(findings.length === 0 ? `${name}: nothing found` : `${name}: ${findings.length} found`);
  return findings.length === 0;
}
