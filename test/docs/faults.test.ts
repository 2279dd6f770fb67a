import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readTables } from './tables.js';

const directory = new URL('../faults/', import.meta.url);
/** The title of a test, with or without a table of cases. */
const TITLE = /^ {2}it(?:\.each\(.*\))?\(\s*(['"])(.+?)\1,/gm;

const rows = readTables('faults.md').flat();

describe('docs/faults.md', () => {
  it('has a row for every test of a fault, and no other, in any order', () => {
    const documented = rows.map((row) => row.at(-1)).sort();
    expect(documented).toEqual(titles().sort());
  });

  it('says of each fault what happens and what apps are told', () => {
    expect(rows.filter((row) => row.length !== 4 || row.includes(''))).toEqual([]);
  });
});

/** As the page has them: name of the file, then of the test. */
function titles(): string[] {
  return readdirSync(directory)
    .filter((file) => file.endsWith('.test.ts'))
    .flatMap((file) => {
      const source = readFileSync(new URL(file, directory), 'utf8');
      return [...source.matchAll(TITLE)].map(([, , title]) => `${file.replace('.test.ts', '')}: ${title}`);
    });
}
