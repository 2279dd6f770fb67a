/** The access tokens of this device, as they are kept in the state directory. */
import { join } from 'node:path';
import { createTokenFile } from '../broker/token-file.js';
import { createTokenStore, type TokenStore } from '../broker/tokens.js';
import { CommandError } from './command-error.js';
import { StateFile } from './state-directory.js';
import { explainSystemError } from './system-words.js';

/** Throws CommandError when the file holds something else. */
export async function openTokenStore(directory: string): Promise<TokenStore> {
  const path = join(directory, StateFile.tokens);
  try {
    return await createTokenStore(createTokenFile(path));
  } catch (error) {
    if (explainSystemError(error) !== undefined) throw error;
    throw new CommandError(`${path} is damaged.`, {
      advice: ['Restore it from a backup, or remove it: every client then needs a new token, see tandem token.'],
      cause: error,
    });
  }
}
