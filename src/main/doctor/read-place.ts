/** Reads what kernels offer as files. What is not there, or not for this user, reads as nothing. */
import { readdir, readFile, readlink } from 'node:fs/promises';
import { basename } from 'node:path';

/** Without the line feed at its end. */
export async function readText(path: string): Promise<string | undefined> {
  try {
    return (await readFile(path, 'utf8')).trimEnd();
  } catch {
    return undefined;
  }
}

export async function listNames(path: string): Promise<readonly string[] | undefined> {
  try {
    return await readdir(path);
  } catch {
    return undefined;
  }
}

/** The last name in what a symbolic link points to. */
export async function readTarget(path: string): Promise<string | undefined> {
  try {
    return basename(await readlink(path));
  } catch {
    return undefined;
  }
}
