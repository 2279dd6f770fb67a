/**
 * A step of `npm run build`: of the declarations that tsc wrote, puts those beside the compiled code that an entry point of package.json leads to.
 * The others are nobody's to import, and one in ten files is enough.
 */
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';

const WRITTEN = 'dist/.declarations';

for (const path of readdirSync('dist', { recursive: true, encoding: 'utf8' })) {
  if (path.endsWith('.d.ts') && !join('dist', path).startsWith(WRITTEN)) rmSync(join('dist', path));
}
const { exports } = JSON.parse(readFileSync('package.json', 'utf8'));
const entries = Object.values(exports).flatMap(({ types }) => (types === undefined ? [] : [relative('dist', types)]));
const kept = new Set(entries);
for (const path of kept) {
  const to = join('dist', path);
  mkdirSync(dirname(to), { recursive: true });
  copyFileSync(join(WRITTEN, path), to);
  for (const next of importsOf(path)) kept.add(next);
}

/** @param {string} path @returns {string[]} */
function importsOf(path) {
  const text = readFileSync(join(WRITTEN, path), 'utf8');
  return [...text.matchAll(/(?:from |import\(|import )['"](\.[^'"]+)\.js['"]/g)]
    .map(([, name = '']) => `${normalize(join(dirname(path), name))}.d.ts`)
    .filter((next) => existsSync(join(WRITTEN, next)));
}
