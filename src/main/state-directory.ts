/** Where this machine's Tandem keeps what must outlive it: one directory that only its owner may read. */
import { existsSync } from 'node:fs';
import { mkdir, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { CommandError } from './command-error.js';
import { hasCode } from './private-file.js';
import { whyRefused } from './system-words.js';
import type { Io } from './terminal/io.js';

/** Files in the state directory, all with mode 0600. docs/configuration.md says what each is for. */
export const StateFile = {
  account: 'account',
  deviceKeys: 'device-keys.json',
  pinnedKeys: 'pinned-keys.json',
  demoKeys: 'demo-device-keys.json',
  tokens: 'tokens.json',
  token: 'token',
  gateway: 'gateway.json',
  lock: 'lock',
  hubLinks: 'hub-links.json',
  yamlConfig: 'config.yaml',
  jsonConfig: 'config.json',
  air: 'air.sock',
} as const;
export type StateFile = (typeof StateFile)[keyof typeof StateFile];

/** `--state-dir`, else TANDEM_STATE_DIR, else `tandem` in the user's state directory. Source: XDG Base Directory Specification. */
export function findStateDirectory(option: string | undefined, env: Io['env']): string {
  const chosen = option ?? env['TANDEM_STATE_DIR'];
  if (chosen !== undefined && chosen !== '') return resolve(chosen);
  const stateHome = env['XDG_STATE_HOME'];
  // The specification has relative paths ignored.
  if (stateHome?.startsWith('/')) return join(stateHome, 'tandem');
  return join(env['HOME'] ?? homedir(), '.local', 'state', 'tandem');
}

/** Makes the directory with mode 0700 where there is none. Throws CommandError when others may enter one that exists. */
export async function prepareStateDirectory(directory: string): Promise<void> {
  try {
    await makeDirectory(directory);
  } catch (error) {
    throw new CommandError(`The state directory ${directory} cannot be made: ${whyRefused(error)}.`, {
      advice: ['Choose another with --state-dir.'],
      cause: error,
    });
  }
  const { mode } = await stat(directory);
  // Windows has no such bits; a profile's directory is private there by its access list.
  if (process.platform === 'win32' || (mode & 0o077) === 0) return;
  throw new CommandError(
    `${directory} is to hold keys, but others on this machine may enter it (mode ${(mode & 0o777).toString(8)}).`,
    { advice: [`Close it with: chmod 700 ${directory}`, 'Or choose another with --state-dir.'] },
  );
}

/** Of a file system that is full or read-only Node.js says that a directory above is missing, unless a single one is made. */
async function makeDirectory(directory: string): Promise<void> {
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 });
  } catch (error) {
    if (hasCode(error, 'ENOENT')) await mkdir(firstMissing(directory), { mode: 0o700 });
    throw error;
  }
}

function firstMissing(directory: string): string {
  return existsSync(dirname(directory)) ? directory : firstMissing(dirname(directory));
}
