/** What every command is made of. */
import { type Command, InvalidArgumentError, Option } from '@commander-js/extra-typings';
import { CommandError, ExitCode } from './command-error.js';
import type { Io } from './terminal/io.js';

/** A module in commands/ exports one of these: it says what its command takes, and carries it out. */
export type Define = (command: Command, io: Io) => void;

/** Of every command. What a program reads never changes with the words for people. */
export const JSON_OPTION = new Option('--json', 'print JSON, for programs');

/** Of commands that work on the state directory itself. */
export const STATE_DIR_OPTION = new Option('--state-dir <DIR>', 'where account, keys and tokens are kept');

/** A mistake in how a command was called. */
export function misuse(message: string, ...advice: readonly string[]): CommandError {
  return new CommandError(message, { exitCode: ExitCode.usage, advice });
}

/** Reads the value of an option that is a whole number within bounds. */
export function wholeNumber(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= least && value <= most) return value;
    throw new InvalidArgumentError(`It takes a whole number from ${least} to ${most}.`);
  };
}

/** Reads the number of a session. */
export function sessionNumber(text: string): number {
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It takes the number of a session; tandem sessions lists them.');
}
