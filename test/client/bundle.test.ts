import { readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';

const CLIENT = resolve(import.meta.dirname, '../../src/client/client.ts');

/** What a file still imports once its types are gone. */
function importsOf(path: string): { readonly fixed: string[]; readonly dynamic: string[] } {
  const { outputText } = ts.transpileModule(readFileSync(path, 'utf8'), {
    compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2023, verbatimModuleSyntax: true },
  });
  const find = (pattern: RegExp): string[] => [...outputText.matchAll(pattern)].map(([, name = '']) => name);
  return { fixed: find(/(?:from|^import) '([^']+)'/gm), dynamic: find(/import\('([^']+)'\)/g) };
}

function collect(path: string, files = new Set<string>(), packages = new Set<string>()) {
  if (files.has(path)) return { files, packages };
  files.add(path);
  const { fixed, dynamic } = importsOf(path);
  for (const name of fixed) {
    if (name.startsWith('.')) collect(join(dirname(path), name.replace(/\.js$/, '.ts')), files, packages);
    else packages.add(name);
  }
  for (const name of dynamic) packages.add(`on demand: ${name}`);
  return { files, packages };
}

describe('client, in a browser', () => {
  it('needs no package and nothing of Node; ws is loaded only where there is no WebSocket', () => {
    expect([...collect(CLIENT).packages]).toEqual(['on demand: ws']);
  });

  it('is made of src/client and src/protocol only', () => {
    const rooms = new Set([...collect(CLIENT).files].map((path) => dirname(path).split('/').at(-1)));
    expect([...rooms].sort()).toEqual(['client', 'protocol']);
  });
});
