/** Runs the house rules over everything that is, or could be, committed. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { report, runAsProgram } from './program.mjs';
import { listNotRun } from './shell-blocks.mjs';
import { checkSource } from './source-rules.mjs';
import { checkTexts } from './text-rules.mjs';

/**
 * @param {string} root
 * @returns {string[]}
 */
export function checkHouse(root) {
  const files = readTree(root);
  const source = files.filter(({ path }) =>
    /^(src|test|bench|examples|scripts|bin|packages)\/.*\.(tsx?|mjs|js)$/.test(path),
  );
  if (!source.some(({ path }) => path.startsWith('src/'))) return [`no source was seen below ${root}`];
  return [...checkSource(source), ...checkTexts(files, [root, homedir()].filter(isPlace))];
}

/** A service account may live in the root folder, which every path contains. @param {string} folder */
function isPlace(folder) {
  return folder !== '/';
}

/** @param {string} root */
function readTree(root) {
  const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
    encoding: 'utf8',
  });
  return listed
    .split('\0')
    .filter((path) => path !== '' && existsSync(join(root, path)))
    .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }));
}

await runAsProgram(import.meta.url, () => {
  const documents = readTree(process.cwd()).filter(({ path }) => path.endsWith('.md'));
  for (const line of listNotRun(documents)) console.log(`not run: ${line}`);
  return report('house rules', checkHouse(process.cwd()));
});
