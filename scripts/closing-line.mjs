/** Ends a CI run: reads the summary that vitest wrote and says in one line how many tests passed and failed. */
import { readFileSync } from 'node:fs';
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

await runAsProgram(import.meta.url, () => {
  const { passed, failed } = count(JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')));
  console.log(`${passed} passed, ${failed} failed`);
  return failed === 0 && passed > 0;
});
