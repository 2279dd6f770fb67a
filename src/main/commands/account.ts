/** `tandem account`: the secret that devices of one owner share. */
import { text } from 'node:stream/consumers';
import { createAccount } from '../../transport/account.js';
import { accountFingerprint, accountPath, checkAccount, keepAccount, readAccount } from '../account-file.js';
import { type Define, JSON_OPTION, STATE_DIR_OPTION } from '../command.js';
import { CommandError } from '../command-error.js';
import { findStateDirectory, prepareStateDirectory } from '../state-directory.js';
import type { Io } from '../terminal/io.js';

const DESCRIPTION = `Shows, makes or copies the account that devices share.

Devices connect only to devices with the same account. Its key is a secret, kept in the state directory. show and fingerprint never print the key; export prints it and import reads it from standard input:
  tandem account export | ssh other-device tandem account import`;

const FORCE = ['--force', 'replace the account that is there'] as const;

export const define: Define = (command, io) => {
  command.description(DESCRIPTION);
  command
    .command('show')
    .description('Shows the fingerprint of the account, and where its key is.')
    .addOption(JSON_OPTION)
    .addOption(STATE_DIR_OPTION)
    .action(async ({ json, stateDir }) => {
      const directory = findStateDirectory(stateDir, io.env);
      const fingerprint = accountFingerprint(await requireAccount(directory));
      const file = accountPath(directory);
      if (json) return io.json({ fingerprint, file });
      io.out(`fingerprint  ${fingerprint}`);
      io.out(`key          in ${file}; tandem account export prints it`);
    });
  command
    .command('fingerprint')
    .description('Prints what two people compare to know that their devices share an account.')
    .addOption(JSON_OPTION)
    .addOption(STATE_DIR_OPTION)
    .action(async ({ json, stateDir }) => {
      const fingerprint = accountFingerprint(await requireAccount(findStateDirectory(stateDir, io.env)));
      if (json) io.json({ fingerprint });
      else io.out(fingerprint);
    });
  command
    .command('create')
    .description('Makes a new account.')
    .option(...FORCE)
    .addOption(JSON_OPTION)
    .addOption(STATE_DIR_OPTION)
    .action((choice) => keep(createAccount(), choice, io));
  command
    .command('export')
    .description('Prints the key of the account: a secret.')
    .addOption(JSON_OPTION)
    .addOption(STATE_DIR_OPTION)
    .action(async ({ json, stateDir }) => {
      const account = await requireAccount(findStateDirectory(stateDir, io.env));
      if (json) io.json({ account });
      else io.out(account);
    });
  command
    .command('import')
    .description('Takes the key of another device from standard input.')
    .option(...FORCE)
    .addOption(JSON_OPTION)
    .addOption(STATE_DIR_OPTION)
    .action(async (choice) => {
      const account = (await text(io.readInput())).trim();
      checkAccount(account, 'standard input');
      await keep(account, choice, io);
    });
};

interface KeepChoice {
  readonly force?: true | undefined;
  readonly json?: true | undefined;
  readonly stateDir?: string | undefined;
}

async function keep(account: string, { force, json, stateDir }: KeepChoice, io: Io): Promise<void> {
  const directory = findStateDirectory(stateDir, io.env);
  await prepareStateDirectory(directory);
  if (!(await keepAccount(directory, account, force ?? false))) {
    throw new CommandError(`There is an account already: ${accountPath(directory)}.`, {
      advice: ['With --force it is replaced; this device then no longer connects to those that keep the old one.'],
    });
  }
  const fingerprint = accountFingerprint(account);
  if (json) return io.json({ fingerprint });
  io.out(`fingerprint  ${fingerprint}`);
  io.out('A broker that runs keeps its account until it is started again.');
}

async function requireAccount(directory: string): Promise<string> {
  const account = await readAccount(directory);
  if (account !== undefined) return account;
  throw new CommandError(`There is no account in ${directory} yet.`, {
    advice: ['tandem account create makes one, tandem account import takes that of another device.'],
  });
}
