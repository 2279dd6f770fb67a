/** The command line: finds the command, runs it, and turns what it throws into words and an exit code. */
import { BrokerError } from '../protocol/errors.js';
import { type Command, describeCommand } from './command.js';
import { CommandError, ExitCode, reasonOf } from './command-error.js';
import type { Io } from './io.js';
import { hasCode } from './private-file.js';
import { findSuggestion } from './suggestion.js';
import { readVersion } from './version.js';

/** Every command, loaded when it is asked for. */
export const COMMANDS = {
  start: async () => (await import('./commands/start.js')).command,
  devices: async () => (await import('./commands/devices.js')).command,
  sessions: async () => (await import('./commands/sessions.js')).command,
  trace: async () => (await import('./commands/trace.js')).command,
  send: async () => (await import('./commands/send.js')).command,
  token: async () => (await import('./commands/token.js')).command,
  account: async () => (await import('./commands/account.js')).command,
  air: async () => (await import('./commands/air.js')).command,
  watch: async () => (await import('./commands/watch.js')).command,
  inspect: async () => (await import('./commands/inspect.js')).command,
  chart: async () => (await import('./commands/chart.js')).command,
  doctor: async () => (await import('./commands/doctor.js')).command,
  config: async () => (await import('./commands/config.js')).command,
} satisfies Record<string, () => Promise<Command>>;

/** Runs `tandem <args>` to its end and answers with the exit code; never rejects. */
export async function run(args: readonly string[], io: Io): Promise<ExitCode> {
  try {
    return await dispatch(args, io);
  } catch (error) {
    return report(error, io);
  }
}

async function dispatch([name, ...args]: readonly string[], io: Io): Promise<ExitCode> {
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    return printOverview(io, name === undefined ? ExitCode.usage : ExitCode.ok);
  }
  if (name === '--version' || name === '-v') {
    io.out(await readVersion());
    return ExitCode.ok;
  }
  const command = await findCommand(name);
  if (!asksForHelp(args)) return command.run(args, io);
  describeCommand(command).forEach(io.out);
  return ExitCode.ok;
}

async function printOverview(io: Io, exitCode: ExitCode): Promise<ExitCode> {
  io.out('Tandem: collaboration sessions between apps on two nearby devices.');
  io.out('');
  io.out('Usage: tandem <command> [options]');
  io.out('');
  for (const [name, load] of Object.entries(COMMANDS)) io.out(`  ${name.padEnd(9)} ${(await load()).summary}`);
  io.out('');
  io.out('tandem <command> --help says more; tandem --version prints the version.');
  return exitCode;
}

async function findCommand(name: string): Promise<Command> {
  const load = Object.entries(COMMANDS).find(([key]) => key === name)?.[1];
  if (load !== undefined) return load();
  const suggestion = findSuggestion(name, Object.keys(COMMANDS));
  throw new CommandError(`There is no command "${name}".`, {
    exitCode: ExitCode.usage,
    advice: [
      ...(suggestion === undefined ? [] : [`Did you mean tandem ${suggestion}?`]),
      'tandem --help lists the commands.',
    ],
  });
}

/** Whether help is asked for before `--`, which ends the options. */
function asksForHelp(args: readonly string[]): boolean {
  const end = args.indexOf('--');
  const options = end === -1 ? args : args.slice(0, end);
  return options.includes('--help') || options.includes('-h');
}

function report(error: unknown, io: Io): ExitCode {
  if (error instanceof CommandError) {
    io.err(`tandem: ${error.message}`);
    for (const line of error.advice) io.err(line);
    return error.exitCode;
  }
  if (error instanceof BrokerError) io.err(`tandem: ${error.message}`);
  else if (hasCode(error, 'EACCES')) {
    io.err(`tandem: ${reasonOf(error)}`);
    io.err('It belongs to another user: run the command as that one, or choose another place with --state-dir DIR.');
  }
  // Anything else is a defect of Tandem: its origin helps whoever looks for it.
  else io.err(`tandem: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  return ExitCode.failed;
}
