/** Files that only their owner may read, and that are either there in full or not at all. */
import { randomBytes } from 'node:crypto';
import { link, open, readFile, rename, rm } from 'node:fs/promises';
import { CommandError } from './command-error.js';

const OWNER_ONLY = 0o600;

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The text of a file, or undefined when there is none. Rejects on every other failure, and where the file is no UTF-8: names in it would change. */
export async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return utf8.decode(await readFile(path));
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    if (hasCode(error, 'ERR_ENCODING_INVALID_ENCODED_DATA')) {
      throw new CommandError(`${path} is not UTF-8.`, { cause: error });
    }
    throw withPath(error, path);
  }
}

/** Writes a file with mode 0600, replacing one that is there; a reader sees the old text or the new, never a part. */
export async function writePrivateFile(path: string, text: string): Promise<void> {
  const draft = await writeDraft(path, text);
  await rename(draft, path);
}

/** As writePrivateFile, but false, and nothing written, when the file is there already. */
export async function createPrivateFile(path: string, text: string): Promise<boolean> {
  const draft = await writeDraft(path, text);
  try {
    await link(draft, path);
    return true;
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false;
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
}

/** Some failures do not say of which file. */
function withPath(error: unknown, path: string): unknown {
  return error instanceof Error && !('path' in error) ? Object.assign(error, { path }) : error;
}

/** Whether a failure of the file system has this code. */
export function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}

async function writeDraft(path: string, text: string): Promise<string> {
  const draft = `${path}.${randomBytes(6).toString('hex')}`;
  const file = await open(draft, 'wx', OWNER_ONLY);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  return draft;
}
