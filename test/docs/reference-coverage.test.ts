import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createStage, registerApp } from '../conformance/fixture.js';
import { readTables } from './tables.js';
import { readTestTitles } from './test-titles.js';

const [calls = []] = readTables('reference-coverage.md');
const named = calls.flatMap(([call = '']) => call.split(', '));
const files = calls.flatMap(([, , tests = '']) => tests.split(', '));

describe('docs/reference-coverage.md', () => {
  it('says of every function of the module where it stands, once', async () => {
    const { kitchen } = await createStage();
    const module = registerApp(kitchen).abilityConnectionManager;
    const functions = Object.entries(module).flatMap(([name, value]) => (typeof value === 'function' ? [name] : []));
    expect([...named].sort()).toEqual(functions.sort());
  });

  it('says 801 of exactly the calls that give it to a system app', async () => {
    const { kitchen } = await createStage();
    const module = registerApp(kitchen, { isSystemApp: true }).abilityConnectionManager;
    const missing = calls.flatMap(([call = '', stands = '']) => (stands.startsWith('801') ? call.split(', ') : []));
    const refusing = Object.entries(module).flatMap(([name, value]) => {
      return typeof value === 'function' && isRefused(() => Reflect.apply(value, undefined, [])) ? [name] : [];
    });
    expect(missing.sort()).toEqual(refusing.sort());
  });

  it('points to tests that are there', () => {
    const folder = new URL('../conformance/', import.meta.url);
    expect(files.filter((name) => !existsSync(new URL(`${name}.test.ts`, folder)))).toEqual([]);
    expect(files.length).toBeGreaterThan(readdirSync(folder).length / 2);
  });
});

describe('the deliberate differences of docs/reference-coverage.md', () => {
  const page = readFileSync(new URL('../../docs/reference-coverage.md', import.meta.url), 'utf8');
  const [, section = ''] = page.split('\n## Deliberate differences\n');
  const differences = section.split(/^(?=\d+\. )/m).slice(1);

  it('are numbered, each once', () => {
    const numbers = differences.map((difference) => Number.parseInt(difference, 10));
    expect(numbers.length).toBeGreaterThan(25);
    expect(numbers).toEqual([...new Set(numbers)].sort((one, other) => one - other));
  });

  it.each(differences.map((difference) => [difference.slice(0, difference.indexOf('**', 8)), difference]))(
    '%s: names tests that are there and run',
    (_, difference) => {
      const named = [...difference.matchAll(/^ +Test: `([^:`]+): (.+)`$/gm)];
      expect(named).not.toEqual([]);
      for (const [, file = '', title] of named) {
        const path = `${file.includes('/') ? file : `conformance/${file}`}.test.ts`;
        expect([path, readTestTitles(path)]).toEqual([path, expect.arrayContaining([title])]);
      }
    },
  );
});

function isRefused(call: () => unknown): boolean {
  try {
    call();
    return false;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 801;
  }
}
