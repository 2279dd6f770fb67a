/** Ends a CI run: reads the summaries that vitest and the kernel test wrote, and says in one line how many tests passed and failed. */
import { existsSync, readFileSync } from 'node:fs';
import { runAsProgram } from './program.mjs';

/**
 * @typedef {object} Summary the part of vitest's JSON report that counts
 * @property {number} numPassedTests
 * @property {number} numFailedTests
 * @property {{ status: string, assertionResults: { status: string }[] }[]} testResults one for each file
 */

/**
 * A file that broke before or between its tests has no failed test of its own, and counts as one.
 * @param {Summary} summary
 */
export function count({ numPassedTests, numFailedTests, testResults }) {
  const broken = testResults.filter(
    ({ status, assertionResults }) =>
      status === 'failed' && !assertionResults.some((assertion) => assertion.status === 'failed'),
  );
  return { passed: numPassedTests, failed: numFailedTests + broken.length };
}

/**
 * A summary that was never written counts as one failure: whatever should have written it broke before.
 * @param {readonly string[]} paths
 */
export function countAll(paths) {
  const counts = paths.map((path) =>
    existsSync(path) ? count(JSON.parse(readFileSync(path, 'utf8'))) : { passed: 0, failed: 1 },
  );
  return {
    passed: counts.reduce((sum, { passed }) => sum + passed, 0),
    failed: counts.reduce((sum, { failed }) => sum + failed, 0),
  };
}

await runAsProgram(import.meta.url, () => {
  const { passed, failed } = countAll(process.argv.slice(2));
  console.log(`${passed} passed, ${failed} failed`);
  return failed === 0 && passed > 0;
});
