#!/usr/bin/env node
/**
 * The command `tandem`. It is no product of the build, so that `npx tandem` finds it before the first one, too. No static imports and no top-level
 * await: a Node that is too old is to read it, and to be told.
 */
const LEAST = [20, 19];
const program = new URL('../dist/main/cli.js', import.meta.url);

if (isTooOld(process.versions.node)) {
  fail(`it needs Node.js ${LEAST.join('.')} or newer, and this is ${process.versions.node} (${process.execPath}).`);
} else {
  void import('node:fs').then(({ existsSync }) =>
    existsSync(program) ? import(program.href) : fail('not built yet. Build it with: npm run build'),
  );
}

/** @param {string} version */
function isTooOld(version) {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [leastMajor = 0, leastMinor = 0] = LEAST;
  return major < leastMajor || (major === leastMajor && minor < leastMinor);
}

/** @param {string} words */
function fail(words) {
  console.error(`tandem: ${words}`);
  process.exitCode = 1;
}
