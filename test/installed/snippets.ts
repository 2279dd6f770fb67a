/** The programs of the README, as a stranger saves them. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

export interface Snippet {
  /** In the project, without its ending: TypeScript and JavaScript are there. */
  readonly path: string;
  /** What its comments promise. */
  readonly prints: string;
}

/** In process, then over the gateway. */
export function saveSnippets(folder: string): readonly Snippet[] {
  const readme = readFileSync('README.md', 'utf8');
  return [...readme.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, text = ''], index) => {
    const path = join(folder, `snippet-${index + 1}`);
    const compilerOptions = { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2023 };
    writeFileSync(`${path}.ts`, text);
    writeFileSync(`${path}.js`, ts.transpileModule(text, { compilerOptions }).outputText);
    const prints = [...text.matchAll(/\/\/ prints: (.*)$/gm)].map(([, line = '']) => `${line}\n`).join('');
    return { path, prints };
  });
}
