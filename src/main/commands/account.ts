/** `tandem account`: the secret that devices of one owner share. */
import { join } from 'node:path';
import { createAccount } from '../../transport/account.js';
import { accountFingerprint, checkAccount, readAccount } from '../account-file.js';
import { type Command, readArguments } from '../command.js';
import { CommandError, ExitCode } from '../command-error.js';
import type { Io } from '../io.js';
import { createPrivateFile, writePrivateFile } from '../private-file.js';
import { findStateDirectory, prepareStateDirectory, StateFile } from '../state-directory.js';

const OPTIONS = {
  'state-dir': { type: 'string', value: 'DIR', help: 'where the account is kept' },
  force: { type: 'boolean', help: 'create, import: replace the account that is there' },
} as const;

export const command: Command = {
  summary: 'shows, makes or copies the account that devices share',
  usage: [
    'account show',
    'account fingerprint',
    'account create [--force]',
    'account export',
    'account import [--force]',
  ],
  details: [
    'Devices connect only to devices with the same account. Its key is a secret, kept in the state directory.',
    'show and fingerprint never print the key; export prints it and import reads it from standard input:',
    '  tandem account export | ssh other-device tandem account import',
  ],
  options: OPTIONS,
  async run(args, io) {
    const { values, positionals } = readArguments(args, OPTIONS);
    const directory = findStateDirectory(values['state-dir'], io.env);
    const isForced = values.force ?? false;
    const [verb, ...rest] = positionals;
    if (verb === undefined || rest.length > 0) throw misuse();
    switch (verb) {
      case 'show':
        return show(directory, io);
      case 'fingerprint':
        io.out(accountFingerprint(await requireAccount(directory)));
        return ExitCode.ok;
      case 'create':
        return keep(createAccount(), directory, isForced, io);
      case 'export':
        io.out(await requireAccount(directory));
        return ExitCode.ok;
      case 'import':
        return importAccount(directory, isForced, io);
      default:
        throw misuse();
    }
  },
};

async function show(directory: string, io: Io): Promise<ExitCode> {
  const account = await requireAccount(directory);
  io.out(`fingerprint  ${accountFingerprint(account)}`);
  io.out(`key          in ${join(directory, StateFile.account)}; tandem account export prints it`);
  return ExitCode.ok;
}

async function importAccount(directory: string, isForced: boolean, io: Io): Promise<ExitCode> {
  const account = (await io.readInput()).trim();
  checkAccount(account, 'standard input');
  return keep(account, directory, isForced, io);
}

async function keep(account: string, directory: string, isForced: boolean, io: Io): Promise<ExitCode> {
  await prepareStateDirectory(directory);
  const path = join(directory, StateFile.account);
  const text = `${account}\n`;
  if (isForced) await writePrivateFile(path, text);
  else if (!(await createPrivateFile(path, text))) throw alreadyThere(path);
  io.out(`fingerprint  ${accountFingerprint(account)}`);
  io.out('A broker that runs keeps its account until it is started again.');
  return ExitCode.ok;
}

async function requireAccount(directory: string): Promise<string> {
  const account = await readAccount(directory);
  if (account !== undefined) return account;
  throw new CommandError(`There is no account in ${directory} yet.`, {
    advice: ['tandem account create makes one, tandem account import takes that of another device.'],
  });
}

function alreadyThere(path: string): CommandError {
  return new CommandError(`There is an account already: ${path}.`, {
    advice: ['With --force it is replaced; this device then no longer connects to those that keep the old one.'],
  });
}

function misuse(): CommandError {
  return new CommandError('tandem account takes one of: show, fingerprint, create, export, import.', {
    exitCode: ExitCode.usage,
  });
}
