import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createHome } from '../client/fixture.js';

const run = promisify(execFile);
const TSCONFIG = {
  compilerOptions: {
    module: 'nodenext',
    target: 'es2023',
    lib: ['es2023'],
    types: ['node'],
    strict: true,
    skipLibCheck: true,
  },
};

/** Within the tree, so that the program finds its packages. */
async function makeFolder(): Promise<string> {
  await mkdir('test-results', { recursive: true });
  const folder = await mkdtemp('test-results/generated-');
  onTestFinished(() => rm(folder, { recursive: true }));
  await writeFile(join(folder, 'package.json'), '{"type":"module"}');
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(TSCONFIG));
  return folder;
}

/** The program of docs/http.md, and what it says that it prints. */
async function readProgram(): Promise<{ readonly text: string; readonly prints: readonly string[] }> {
  const [, text = ''] = /^```ts\n(.*?)^```$/ms.exec(await readFile('docs/http.md', 'utf8')) ?? [];
  return { text, prints: [...text.matchAll(/\/\/ prints: (.*)$/gm)].map(([, line = '']) => line) };
}

describe('a client that a foreign generator makes from /openapi.json', () => {
  it('fits the program of docs/http.md, which drives a session', { timeout: 180_000 }, async () => {
    const home = await createHome({ version: '0.1.0' });
    const base = home.gateway.url.replace('ws:', 'http:').replace('/v1/ws', '');
    const folder = await makeFolder();
    const { text, prints } = await readProgram();
    await writeFile(join(folder, 'program.ts'), text);

    const make = [
      'node_modules/openapi-typescript/bin/cli.js',
      `${base}/openapi.json`,
      '-o',
      join(folder, 'tandem.ts'),
    ];
    await run(process.execPath, make);
    const compile = ['node_modules/typescript/bin/tsc', '-p', folder];
    const { stdout: faults } = await run(process.execPath, compile).catch(
      (error: { readonly stdout: string }) => error,
    );
    expect(faults).toBe('');

    const env = { ...process.env, TANDEM_URL: base, TANDEM_TOKEN: await home.createToken() };
    const { stdout } = await run(process.execPath, [join(folder, 'program.js')], { env });
    const [isConnected, status, ...others] = prints;
    expect(others).toEqual([]);
    expect(stdout).toBe(`${isConnected}\n${status}\n${status}\n`);
    expect(home.kitchen.listSessions()).toEqual([]);
  });
});
