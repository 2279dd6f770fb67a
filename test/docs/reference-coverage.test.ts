import { existsSync, readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createStage, registerApp } from '../conformance/fixture.js';
import { readTables } from './tables.js';

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

function isRefused(call: () => unknown): boolean {
  try {
    call();
    return false;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 801;
  }
}
