/** The token with which the command line of this machine reaches the gateway: made on the first start, never a default. */
import { join } from 'node:path';
import type { TokenStore } from '../broker/tokens.js';
import { REQUIRED_PERMISSIONS } from '../protocol/codes.js';
import { readIfThere, writePrivateFile } from './private-file.js';
import { StateFile } from './state-directory.js';
import { CLI_BUNDLE } from './transfer/words.js';

const TOKEN_NAME = 'command line';

/** Leaves a token in the state directory that the store knows, and revokes what an earlier file held. */
export async function openLocalToken(directory: string, tokens: TokenStore): Promise<void> {
  const path = join(directory, StateFile.token);
  const present = (await readIfThere(path))?.trim();
  if (present !== undefined && tokens.verify(present) !== undefined) return;
  const outdated = tokens.list().filter(({ name }) => name === TOKEN_NAME);
  const { token } = await tokens.create({
    name: TOKEN_NAME,
    bundleName: CLI_BUNDLE,
    permissions: REQUIRED_PERMISSIONS,
    isSystemApp: false,
    scopes: ['read', 'drive', 'admin'],
  });
  await writePrivateFile(path, `${token}\n`);
  for (const { tokenId } of outdated) await tokens.revoke(tokenId);
}
