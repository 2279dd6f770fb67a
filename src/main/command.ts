/** The form every command has, how its arguments are read and how its help reads. */
import { parseArgs } from 'node:util';
import { CommandError, ExitCode, reasonOf } from './command-error.js';
import type { Io } from './io.js';
import { findSuggestion } from './suggestion.js';

export interface OptionRow {
  readonly type: 'string' | 'boolean';
  /** What stands for the value in the help; only for strings. */
  readonly value?: string;
  readonly help: string;
}

export type OptionTable = Readonly<Record<string, OptionRow>>;

/** A module in commands/ exports one of these as `command`. */
export interface Command {
  readonly summary: string;
  /** What follows `tandem` on the command line, one line for each form. */
  readonly usage: readonly string[];
  readonly details: readonly string[];
  readonly options: OptionTable;
  run(args: readonly string[], io: Io): Promise<ExitCode>;
}

/** Arguments by a table. */
export interface Arguments<Table extends OptionTable> {
  readonly values: {
    readonly [Name in keyof Table]?: (Table[Name]['type'] extends 'boolean' ? boolean : string) | undefined;
  };
  readonly positionals: readonly string[];
}

/** Splits arguments into options and the rest. Throws CommandError (usage) on an option that is not in the table. */
export function readArguments<Table extends OptionTable>(args: readonly string[], options: Table): Arguments<Table> {
  try {
    const parsed = parseArgs({ args: [...args], options, allowPositionals: true, strict: true });
    return parsed as Arguments<Table>; // strict: the values are of the table's types
  } catch (error) {
    // Node adds how to pass a word that begins with a dash; the first sentence says what is wrong.
    const [message = ''] = reasonOf(error).split('. To specify');
    throw new CommandError(message, {
      exitCode: ExitCode.usage,
      advice: suggestOption(args, options),
      cause: error,
    });
  }
}

/** Throws CommandError (usage) on words that a command does not take. */
export function refuseMore(words: readonly string[]): void {
  if (words.length === 0) return;
  throw new CommandError(`Unexpected: ${words.join(' ')}`, { exitCode: ExitCode.usage });
}

/** A whole number given to an option, within bounds. Throws CommandError (usage). */
export function readNumber(option: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= least && value <= most) return value;
  const message = `--${option} takes a whole number from ${least} to ${most}, not "${text}".`;
  throw new CommandError(message, { exitCode: ExitCode.usage });
}

/** The text of `tandem <name> --help`. */
export function describeCommand(command: Command): string[] {
  const rows = Object.entries({ ...command.options, help: HELP_ROW }).map(
    ([name, row]) => [row.value === undefined ? `--${name}` : `--${name} ${row.value}`, row.help] as const,
  );
  const width = Math.max(...rows.map(([form]) => form.length));
  return [
    command.summary,
    '',
    ...command.usage.map((form, index) => `${index === 0 ? 'Usage:' : '      '} tandem ${form}`),
    '',
    ...command.details,
    ...(command.details.length > 0 ? [''] : []),
    'Options:',
    ...rows.map(([form, help]) => `  ${form.padEnd(width)}  ${help}`),
  ];
}

const HELP_ROW: OptionRow = { type: 'boolean', help: 'print this' };

function suggestOption(args: readonly string[], options: OptionTable): string[] {
  const unknown = args.find((arg) => arg.startsWith('--') && !(optionName(arg) in options));
  const suggestion = unknown === undefined ? undefined : findSuggestion(optionName(unknown), Object.keys(options));
  return suggestion === undefined ? [] : [`Did you mean --${suggestion}?`];
}

function optionName(arg: string): string {
  return arg.slice(2).split('=')[0] ?? '';
}
