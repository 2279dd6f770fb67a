/** Reads the tables of a page in docs. */
import { readFileSync } from 'node:fs';

export type Row = readonly string[];

/** The body rows of every table of the page, cell by cell, in order. */
export function readTables(page: string): readonly (readonly Row[])[] {
  const tables: Row[][] = [];
  let isInTable = false;
  for (const line of readFileSync(new URL(`../../docs/${page}`, import.meta.url), 'utf8').split('\n')) {
    if (!line.startsWith('|')) {
      isInTable = false;
      continue;
    }
    if (!isInTable) tables.push([]);
    isInTable = true;
    tables.at(-1)?.push(line.slice(1, line.lastIndexOf('|')).split('|').map(plain));
  }
  return tables.map(([, , ...body]) => body);
}

/** The cell without its code marks. */
function plain(cell: string): string {
  return cell.trim().replaceAll('`', '');
}
