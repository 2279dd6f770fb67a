/** The account of this device: made on the first start, kept in the state directory. */
import { join } from 'node:path';
import { createAccount, accountFingerprint as fingerprintOf, parseAccount } from '../transport/account.js';
import { CommandError, reasonOf } from './command-error.js';
import { createPrivateFile, readIfThere, writePrivateFile } from './private-file.js';
import { StateFile } from './state-directory.js';

/** Text of the account's key; a fresh one on the first call. Throws CommandError when the file holds something else. */
export async function openAccount(directory: string): Promise<string> {
  await createPrivateFile(accountPath(directory), `${createAccount()}\n`);
  const account = await readAccount(directory);
  if (account === undefined) throw new CommandError('The account was removed while it was read.');
  return account;
}

/** Text of the account's key, or undefined when there is none yet. Throws CommandError when the file holds something else. */
export async function readAccount(directory: string): Promise<string | undefined> {
  const path = accountPath(directory);
  const text = (await readIfThere(path))?.trim();
  if (text !== undefined) checkAccount(text, path);
  return text;
}

/** False when there is one already, and `isForced` does not say to replace it. */
export async function keepAccount(directory: string, account: string, isForced: boolean): Promise<boolean> {
  const path = accountPath(directory);
  const text = `${account}\n`;
  if (!isForced) return createPrivateFile(path, text);
  await writePrivateFile(path, text);
  return true;
}

export function accountPath(directory: string): string {
  return join(directory, StateFile.account);
}

/** Throws CommandError unless `text` is an account; its words name `origin` and never the text. */
export function checkAccount(text: string, origin: string): void {
  try {
    parseAccount(text);
  } catch (error) {
    throw new CommandError(`${origin} holds no account: ${reasonOf(error)}`, { cause: error });
  }
}

/** What two people compare to know that their devices share an account. */
export function accountFingerprint(account: string): string {
  return fingerprintOf(parseAccount(account)).replace(/(.{4})(?=.)/g, '$1 ');
}
