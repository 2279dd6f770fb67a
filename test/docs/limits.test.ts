import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import * as clientLimits from '../../src/protocol/client-limits.js';
import * as httpLimits from '../../src/protocol/http-limits.js';
import * as hubLimits from '../../src/protocol/hub-limits.js';
import * as otherLimits from '../../src/protocol/limits.js';
import { readTables } from './tables.js';

const limits = { ...otherLimits, ...clientLimits, ...httpLimits, ...hubLimits };

const rows = readTables('limits.md')
  .flat()
  .map(([constant = '', value = '', unit = '', source = '', meaning = '']) => ({
    constant,
    value: Number(value.replaceAll(',', '')),
    unit,
    source,
    meaning,
  }));

/** What a name says of its unit. */
const UNITS: readonly (readonly [ending: RegExp, unit: string])[] = [
  [/_MS$/, 'ms'],
  [/_BYTES$/, 'bytes'],
  [/_CHARACTERS$/, 'characters'],
];

describe('docs/limits.md', () => {
  it('lists every constant with its value, in the order of the code', () => {
    const actual = Object.fromEntries(sourceOrder().map((name) => [name, Reflect.get(limits, name)]));
    expect(Object.fromEntries(rows.map(({ constant, value }) => [constant, value]))).toEqual(actual);
    expect(rows.map(({ constant }) => constant)).toEqual(sourceOrder());
  });

  it('gives every constant the unit that its name says, and says what it is for', () => {
    const wrong = rows.filter(({ constant, unit }) => unit === '' || (unitOf(constant) ?? unit) !== unit);
    expect(wrong).toEqual([]);
    expect(rows.filter(({ meaning }) => meaning === '')).toEqual([]);
  });

  it('gives the source that the code gives, or says that the number is our own', () => {
    const sources = sourcesInCode();
    const documented = Object.fromEntries(rows.map(({ constant, source }) => [constant, source]));
    expect(documented).toEqual(Object.fromEntries(sourceOrder().map((name) => [name, sources.get(name) ?? 'ours'])));
  });
});

function unitOf(constant: string): string | undefined {
  return UNITS.find(([ending]) => ending.test(constant))?.[1];
}

function code(): string {
  const read = (name: string) => readFileSync(new URL(`../../src/protocol/${name}`, import.meta.url), 'utf8');
  return read('limits.ts') + read('client-limits.ts') + read('http-limits.ts') + read('hub-limits.ts');
}

function sourceOrder(): string[] {
  return [...code().matchAll(/^export const (\w+)/gm)].map(([, name = '']) => name);
}

/** "Source: …" of the comment above a constant; one that stands directly below another shares its comment. */
function sourcesInCode(): Map<string, string> {
  const sources = new Map<string, string>();
  let comment = '';
  for (const [, text, name] of code().matchAll(/^\/\*\* (.*) \*\/$|^export const (\w+)/gm)) {
    if (text !== undefined) comment = text;
    const source = /Source: (.*?)\.?$/.exec(comment)?.[1];
    if (name !== undefined && source !== undefined) sources.set(name, source.replaceAll('`', ''));
  }
  return sources;
}
