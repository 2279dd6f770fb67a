import { readFileSync } from 'node:fs';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Consumer, installPackage } from './consumer.js';

/** What a program may cost its author's type checker: it starts at 50,000 with the types of Node alone. */
const MOST_INSTANTIATIONS = 100_000;
/** With the machines the types of XState are checked, too. */
const MOST_WITH_MACHINES = 200_000;
/** For programs that a busy machine takes its time for. */
const PATIENCE_MS = 300_000;

const page = readFileSync('docs/entry-points.md', 'utf8');
const entries = [...page.matchAll(/^\| `(tandem-broker[/\w-]*)` /gm)].map(([, name = '']) => name);
const programs = [...page.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, text = ''], index) => ({
  name: `program-${index + 1}.ts`,
  text,
}));

describe('the package, installed from its tarball', () => {
  let consumer: Consumer | undefined;
  let obstacle: string | undefined;

  beforeAll(async () => {
    try {
      consumer = await installPackage();
    } catch (error) {
      // A laptop may be offline; a CI run may not.
      if (process.env['CI'] === 'true') throw error;
      obstacle = `npm could not install it: ${String(error).split('\n')[1]}`;
    }
  }, PATIENCE_MS);

  afterAll(() => consumer?.remove());

  it('has what its package.json promises, as publint says', { timeout: PATIENCE_MS }, async ({ skip }) => {
    if (consumer === undefined) return skip(obstacle);
    const { buffer: tarball } = Uint8Array.from(readFileSync(consumer.tarball));
    const { messages, pkg } = await publint({ pack: { tarball }, strict: true });
    expect(messages.map((message) => formatMessage(message, pkg))).toEqual([]);
  });

  it('is taken by require, too', { timeout: PATIENCE_MS }, async ({ skip }) => {
    if (consumer === undefined) return skip(obstacle);
    expect(entries.length).toBeGreaterThan(6);
    consumer.write(
      'all.cjs',
      entries.map((name) => `console.log(Object.keys(require('${name}')).length > 0);\n`).join(''),
    );
    expect(await consumer.run('all.cjs')).toBe('true\n'.repeat(entries.length));
  });

  it('costs a client in a browser little, and no types of Node', { timeout: PATIENCE_MS }, async ({ skip }) => {
    if (consumer === undefined) return skip(obstacle);
    consumer.write('client.ts', "export * from 'tandem-broker/client';\n");
    const { instantiations } = await consumer.compile(['client.ts'], {
      lib: ['es2023', 'dom'],
      types: [],
      module: 'esnext',
      moduleResolution: 'bundler',
    });
    expect(instantiations).toBeLessThan(MOST_INSTANTIATIONS);
  });

  it('costs a program of all entry points little, the machines apart', { timeout: PATIENCE_MS }, async ({ skip }) => {
    if (consumer === undefined) return skip(obstacle);
    const others = entries.filter((name) => !/\/machines$|[.]json$/.test(name));
    expect(others.length).toBeGreaterThan(5);
    consumer.write('others.ts', others.map((name, index) => `export * as entry${index} from '${name}';\n`).join(''));
    const { instantiations } = await consumer.compile(['others.ts']);
    expect(instantiations).toBeLessThan(MOST_INSTANTIATIONS);
  });

  it('runs the programs of docs/entry-points.md as they say', { timeout: PATIENCE_MS }, async ({ skip }) => {
    if (consumer === undefined) return skip(obstacle);
    for (const { name, text } of programs) consumer.write(name, text);
    const { instantiations } = await consumer.compile(programs.map(({ name }) => name));
    expect(instantiations).toBeLessThan(MOST_WITH_MACHINES);
    for (const { name, text } of programs) {
      const printed = await consumer.run(name);
      const promised = [...text.matchAll(/\/\/ prints: (.*)$/gm)].map(([, line]) => line);
      if (text.includes("'node:test'")) expect(printed).toMatch(/^# pass 23\n# fail 0$/m);
      else expect(printed.trimEnd().split('\n')).toEqual(promised);
    }
  });
});
