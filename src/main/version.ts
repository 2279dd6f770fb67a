import { readFile } from 'node:fs/promises';

/** The version in the package's own package.json, two folders up from here both in `src` and in `dist`. */
export async function readVersion(): Promise<string> {
  const text = await readFile(new URL('../../package.json', import.meta.url), 'utf8');
  const { version } = JSON.parse(text) as { version: string }; // the package's own file, checked by npm
  return version;
}
