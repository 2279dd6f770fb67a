/** The examination in words, and as an exit code. */
import { ExitCode } from '../command-error.js';
import type { Finding } from './finding.js';

/** A line for each finding, and below it what to do. */
export function formatFindings(findings: readonly Finding[]): readonly string[] {
  return findings.flatMap(({ id, level, what, advice }) => {
    // What is well needs no id to look up.
    const words = level === 'ok' ? what : `${what} [${id}]`;
    const lines = [`${level.padEnd(LEVEL_WIDTH)}${words}`];
    return advice === undefined ? lines : [...lines, `${' '.repeat(LEVEL_WIDTH)}→ ${advice}`];
  });
}

const LEVEL_WIDTH = 'problem'.length + 2;

/** The software counts first: without it no radio helps. */
export function exitCodeOf(findings: readonly Finding[]): ExitCode {
  const ids = new Set(findings.map(({ id }) => id));
  if (!ids.has('self-test')) return ExitCode.failed;
  return ids.has('radio') ? ExitCode.ok : ExitCode.noRadio;
}

export function formatVerdict(exitCode: ExitCode): string {
  switch (exitCode) {
    case ExitCode.ok:
      return 'A radio can be used, and the software works.';
    case ExitCode.noRadio:
      return 'No radio can be used; the software works. docs/radio.md has a row for each [finding].';
    default:
      return 'The software does not work here. docs/radio.md has a row for each [finding].';
  }
}
