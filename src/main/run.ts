/** Runs the command line, and turns what it throws into words and an exit code. */
import { type Command, CommanderError } from '@commander-js/extra-typings';
import { BrokerError } from '../protocol/errors.js';
import { misuse } from './command.js';
import { CommandError, ExitCode } from './command-error.js';
import { createProgram, findCommand, pathOf } from './program.js';
import { explainSystemError } from './system-words.js';
import { createIo, type Io, type Terminal } from './terminal/io.js';
import { linesOfDefect } from './terminal/process-terminal.js';

/** Runs `tandem <args>` to its end and answers with the exit code; never rejects. */
export async function run(args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  let exitCode: ExitCode = ExitCode.ok;
  const io = createIo(terminal, (code) => {
    exitCode = code;
  });
  try {
    await dispatch(args, io);
  } catch (error) {
    exitCode = report(explain(error), isJsonWanted(args), io);
  } finally {
    io.status(undefined);
  }
  return exitCode;
}

async function dispatch(args: readonly string[], io: Io): Promise<void> {
  const program = await createProgram(io, args);
  try {
    await program.parseAsync([...args], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    // Help and version come the same way, and are no failure.
    if (error.exitCode === 0) return;
    // A command that has commands below it, and was given none: its help has been printed.
    if (error.code === 'commander.help') io.exitWith(ExitCode.usage);
    else throw misuseOf(error, program, args);
  }
}

/** What commander found wrong with the words. */
function misuseOf({ message }: CommanderError, program: Command, args: readonly string[]): CommandError {
  const [first = '', ...suggestions] = message.replace(/^error: /, '').split('\n');
  const [command] = findCommand(program, args);
  const advice = suggestions.map((words) => words.replace(/^\((.*)\)$/, '$1'));
  return misuse(first, ...advice, `${pathOf(command)} --help says more.`);
}

/** What is said of a failure: the first line has the program's name before it. */
interface Failure {
  readonly lines: readonly string[];
  readonly advice?: readonly string[];
  readonly exitCode: ExitCode;
  readonly facts?: Readonly<Record<string, unknown>>;
}

function explain(error: unknown): Failure {
  if (error instanceof CommandError) {
    const { message, advice, exitCode, facts } = error;
    return { lines: [message], advice, exitCode, facts };
  }
  if (error instanceof BrokerError) return { lines: [error.message], exitCode: ExitCode.failed };
  const refused = explainSystemError(error);
  if (refused !== undefined) return { lines: [refused.what], advice: [refused.advice], exitCode: ExitCode.failed };
  // Anything else is a defect of Tandem: its origin helps whoever looks for it.
  return { lines: linesOfDefect(error), exitCode: ExitCode.failed };
}

function report({ lines, advice = [], exitCode, facts }: Failure, isJson: boolean, io: Io): ExitCode {
  const [first = '', ...rest] = lines;
  if (isJson) io.err(JSON.stringify({ error: { message: lines.join('\n'), advice, exitCode, ...facts } }));
  else [`tandem: ${first}`, ...rest, ...advice].forEach(io.err);
  return exitCode;
}

/** Whether JSON is asked for before `--`, which ends the options. */
function isJsonWanted(args: readonly string[]): boolean {
  const end = args.indexOf('--');
  return (end === -1 ? args : args.slice(0, end)).includes('--json');
}
