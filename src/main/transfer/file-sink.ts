/** Where `tandem receive` puts a file: beside its place until all of it is there, so that nobody ever sees a part. */
import { randomBytes } from 'node:crypto';
import { constants, copyFile, link, lstat, open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { CommandError } from '../command-error.js';
import { hasCode } from '../private-file.js';
import type { FileSink } from './receive-file.js';

/** `mayReplace`: a file that is at `path` by then is replaced. Rejects where it cannot be written. */
export async function openFileSink(path: string, mayReplace: boolean): Promise<FileSink> {
  const draft = join(dirname(path), `.${basename(path).slice(0, 64)}.${randomBytes(6).toString('hex')}.part`);
  const file = await open(draft, 'wx');
  return {
    place: path,
    write: async (chunk) => void (await file.writeFile(chunk)),
    async keep() {
      await file.sync();
      await file.close();
      if (mayReplace) return rename(draft, path);
      await linkNew(draft, path);
      await rm(draft);
    },
    async abandon() {
      await file.close().catch(() => {});
      await rm(draft, { force: true });
    },
  };
}

/** Whether something is there, a broken link included. */
export async function isThere(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return false;
    throw error;
  }
}

/** Not every file system has links; a copy fails as well where there is a file by now. */
async function linkNew(from: string, to: string): Promise<void> {
  try {
    await link(from, to);
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) await copyFile(from, to, constants.COPYFILE_EXCL).catch(explain);
    else explain(error);
  }

  function explain(failure: unknown): never {
    if (!hasCode(failure, 'EEXIST')) throw failure;
    throw new CommandError(`A file ${basename(to)} has appeared there meanwhile.`, { cause: failure });
  }
}
