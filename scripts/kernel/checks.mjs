/** Reads what the guest says about its checks: the Test Anything Protocol, version 13, among whatever else is on the console. */

/**
 * @typedef {object} Check
 * @property {string} name
 * @property {boolean} isPassed
 */

/**
 * A line of the console that tells a check; undefined if it does not.
 * @param {string} line
 * @returns {Check | undefined}
 */
export function readCheck(line) {
  const found = /^(not )?ok \d+ - (.+)$/.exec(line);
  return found === null ? undefined : { name: found[2] ?? '', isPassed: found[1] === undefined };
}

/**
 * What the guest left out: it says first how many checks it will make, so that one that ends early is found out.
 * @param {readonly string[]} lines
 * @returns {string[]}
 */
export function findGaps(lines) {
  const planned = lines.map((line) => /^1\.\.(\d+)$/.exec(line)?.[1]).find((count) => count !== undefined);
  const made = lines.filter((line) => readCheck(line) !== undefined).length;
  return [
    ...(planned === undefined ? ['the guest never said how many checks it makes'] : []),
    ...(planned !== undefined && Number(planned) !== made ? [`${planned} checks were planned, ${made} made`] : []),
  ];
}

/**
 * The part of vitest's JSON report that scripts/closing-line.mjs counts; a gap counts as a failure.
 * @param {readonly Check[]} checks
 * @param {readonly string[]} gaps
 */
export function summarise(checks, gaps) {
  const failed = checks.filter(({ isPassed }) => !isPassed).length + gaps.length;
  return { numPassedTests: checks.filter(({ isPassed }) => isPassed).length, numFailedTests: failed, testResults: [] };
}
