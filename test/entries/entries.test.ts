import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { readTables } from '../docs/tables.js';
import { readDeclarations } from './names.js';

interface Target {
  readonly types: string;
  readonly default: string;
}

type Exports = Readonly<Record<string, Target | string>>;

const targets = JSON.parse(readFileSync('package.json', 'utf8')).exports as Exports; // npm's form, of which each is looked at below
const entries = Object.entries(targets).flatMap(([name, target]) =>
  typeof target === 'string' ? [] : [[name.replace('.', 'tandem-broker'), target] as const],
);
/** Entry points that are used with another one: what they speak of is made there. */
const COMPANIONS: Readonly<Record<string, readonly string[]>> = {
  'tandem-broker': ['tandem-broker/transport'],
  'tandem-broker/bluetooth': ['tandem-broker', 'tandem-broker/transport'],
  'tandem-broker/gateway': ['tandem-broker'],
  'tandem-broker/transport-contract': ['tandem-broker/transport'],
};

const pathOf = (name: string): string => resolve(entries.find(([entry]) => entry === name)?.[1].types ?? name);
const declared = readDeclarations(entries.map(([name]) => pathOf(name)));

describe('docs/entry-points.md', () => {
  const [table = []] = readTables('entry-points.md');

  it('lists the entry points of the package, each with what it gives', async () => {
    const rows = table.map(([name, , gives = '']) => [name, gives.split(', ').filter(Boolean)]);
    const found = await Promise.all(
      entries.map(async ([name, target]) => [
        name,
        Object.keys(await import(pathToFileURL(resolve(target.default)).href)).sort(),
      ]),
    );
    expect(rows).toEqual([...found, ['tandem-broker/package.json', []]]);
  });
});

describe.each(entries)('%s', (name, target) => {
  it('declares what it gives, and its types have names', async () => {
    const given = Object.keys(await import(pathToFileURL(resolve(target.default)).href));
    const names = declared.exportsOf(pathOf(name)).map((symbol) => symbol.name);
    expect(names).toEqual(expect.arrayContaining(given));
    expect(declared.unnamedIn(pathOf(name), (COMPANIONS[name] ?? []).map(pathOf))).toEqual([]);
  });
});

describe('what tells of types without a name', () => {
  it('finds the same where the companions are missing', () => {
    const found = declared.unnamedIn(pathOf('tandem-broker/gateway'), []);
    expect(found).toEqual(
      expect.arrayContaining(['Broker (broker/interface.d.ts)', 'TokenStore (broker/tokens.d.ts)']),
    );
  });
});
