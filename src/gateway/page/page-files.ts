/** The built page as answers that are ready to send: read once, so that no request ever names a file of the disk. */
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { extname, join, sep } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { tagOf } from '../http/conditional.js';

export interface PageFile {
  readonly bytes: Buffer;
  /** Undefined where compression gains nothing. */
  readonly gzipped: Buffer | undefined;
  readonly contentType: string;
  readonly etag: string;
  /** Its name changes with what is in it, so that it may be kept for good. */
  readonly isHashed: boolean;
}

/** By path, such as `/assets/index-x1.js`; undefined when the page was not built. Files of other types are left out. */
export async function readPageFiles(directory: string): Promise<ReadonlyMap<string, PageFile> | undefined> {
  if (!existsSync(join(directory, 'index.html'))) return undefined;
  const files = new Map<string, PageFile>();
  for (const name of await readdir(directory, { recursive: true })) {
    const contentType = CONTENT_TYPES.get(extname(name));
    if (contentType !== undefined) files.set(`/${name.replaceAll(sep, '/')}`, await read(directory, name, contentType));
  }
  return files;
}

const CONTENT_TYPES: ReadonlyMap<string, string> = new Map([
  ['.html', 'text/html; charset=utf-8'],
  ['.js', 'text/javascript; charset=utf-8'],
  ['.css', 'text/css; charset=utf-8'],
  ['.svg', 'image/svg+xml'],
]);

const compress = promisify(gzip);

async function read(directory: string, name: string, contentType: string): Promise<PageFile> {
  const bytes = await readFile(join(directory, name));
  const gzipped = await compress(bytes, { level: 9 });
  return {
    bytes,
    gzipped: gzipped.length < bytes.length ? gzipped : undefined,
    contentType,
    etag: tagOf(bytes),
    isHashed: name.startsWith(`assets${sep}`),
  };
}
