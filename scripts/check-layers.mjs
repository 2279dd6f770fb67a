/** Holds the arrows between the rooms: runs dependency-cruiser and tells every import that breaks a rule. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { cruise } from 'dependency-cruiser';
import extractTsConfig from 'dependency-cruiser/config-utl/extract-ts-config';
import configuration from '../.dependency-cruiser.mjs';
import { report, runAsProgram } from './program.mjs';

const FOLDERS = ['src', 'test', 'bench', 'examples', 'scripts', 'packages'];

/**
 * Checks the tree below `root`; an empty list is a promise, so a source file that was not looked at is a violation, too.
 * @param {string} root
 * @returns {Promise<string[]>}
 */
export async function checkLayers(root) {
  const folders = FOLDERS.filter((folder) => existsSync(join(root, folder)));
  if (!folders.includes('src')) return [`no modules were seen: ${root} has no src`];
  const { modules, summary } = await cruiseFolders(root, folders);
  return [...unseen(root, modules), ...summary.violations.map(describe)];
}

/**
 * @param {string} root
 * @param {string[]} folders
 */
async function cruiseFolders(root, folders) {
  const { options, forbidden = [] } = configuration;
  const fileName = join(root, 'tsconfig.json');
  const { output } = await cruise(
    folders,
    { ...options, ruleSet: { forbidden }, validate: true, baseDir: root },
    undefined,
    existsSync(fileName) ? { tsConfig: extractTsConfig(fileName) } : {},
  );
  if (typeof output === 'string') throw new Error(`dependency-cruiser gave text instead of a result: ${output}`);
  return output;
}

/**
 * @param {string} root
 * @param {readonly { source: string }[]} modules
 */
function unseen(root, modules) {
  const seen = new Set(modules.map(({ source }) => source));
  const files = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.tsx?$/.test(name))
    .map((name) => `src/${name}`);
  if (files.length === 0) return ['no modules were seen: src is empty'];
  return files.filter((file) => !seen.has(file)).map((file) => `${file}: not seen by dependency-cruiser`);
}

/** @param {import('dependency-cruiser').IViolation} violation */
function describe({ from, to, rule, cycle, comment }) {
  const path = cycle === undefined ? to : cycle.map(({ name }) => name).join(' → ');
  return `${from} → ${path}: ${rule.name}${comment === undefined ? '' : ` (${comment})`}`;
}

await runAsProgram(import.meta.url, async () => report('layers', await checkLayers(process.cwd())));
