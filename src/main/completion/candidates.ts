/** What may stand at the end of a command line that is being typed, from the tree of commands. */
import type { CommandUnknownOpts, Option } from '@commander-js/extra-typings';
import { FILES } from './scripts.js';

/** What exists now and can be named: devices, sessions, tokens. */
export interface Names {
  devices(): Promise<readonly Candidate[]>;
  sessions(): Promise<readonly Candidate[]>;
}

export interface Candidate {
  readonly word: string;
  readonly help: string;
}

/** Lines for the shell's script: a word, a tab and what it means; or FILES. The last of `words` is what is typed so far. */
export async function complete(program: CommandUnknownOpts, words: readonly string[], names: Names): Promise<string[]> {
  const current = words.at(-1) ?? '';
  const place = walk(program, words.slice(words[0] === 'help' ? 1 : 0, -1));
  // Shells that know no better take `--option=` and `value` for words of their own.
  const [, option = '', value] = /^(--[\w-]+)=(.*)$/s.exec(current) ?? [];
  const candidates =
    value === undefined
      ? await candidatesAt(place, current, names)
      : (await valuesOf(optionOf(place.command, option), names)).map(({ word, help }) => ({
          word: `${option}=${word}`,
          help,
        }));
  return candidates
    .filter(({ word }) => word === FILES || (isPlain(word) && word.startsWith(current === '=' ? '' : current)))
    .map(({ word, help }) => (word === FILES ? FILES : `${word}\t${help}`));
}

interface Place {
  readonly command: CommandUnknownOpts;
  /** The option whose value comes next. */
  readonly pending: Option | undefined;
  /** How many arguments came already. */
  readonly taken: number;
  /** After `--` nothing is an option. */
  readonly isLiteral: boolean;
}

function walk(program: CommandUnknownOpts, words: readonly string[]): Place {
  const start: Place = { command: program, pending: undefined, taken: 0, isLiteral: false };
  return words.reduce(step, start);
}

function step(place: Place, word: string): Place {
  const { command, pending, taken, isLiteral } = place;
  if (word === '=') return place;
  if (pending !== undefined) return { ...place, pending: undefined };
  if (word === '--') return { ...place, isLiteral: true };
  if (!isLiteral && word.startsWith('--')) {
    const option = optionOf(command, word);
    return { ...place, pending: takesValue(option) ? option : undefined };
  }
  const next = taken === 0 ? command.commands.find((inner) => inner.name() === word) : undefined;
  return next === undefined ? { ...place, taken: taken + 1 } : { ...place, command: next };
}

async function candidatesAt(place: Place, current: string, names: Names): Promise<readonly Candidate[]> {
  const { command, pending, taken, isLiteral } = place;
  if (pending !== undefined) return valuesOf(pending, names);
  const help = command.createHelp();
  if (current.startsWith('-') && !isLiteral) {
    return help.visibleOptions(command).map(({ long, description }) => ({ word: long ?? '', help: description }));
  }
  if (command.commands.length > 0) {
    if (taken > 0) return [];
    return help.visibleCommands(command).map((inner) => ({ word: inner.name(), help: inner.summary() }));
  }
  const argument =
    command.registeredArguments[taken] ?? command.registeredArguments.findLast(({ variadic }) => variadic);
  return argument === undefined ? [] : namesOf(argument.name(), argument.argChoices, names);
}

async function valuesOf(option: Option | undefined, names: Names): Promise<readonly Candidate[]> {
  if (option === undefined) return [];
  const [, placeholder = ''] = /[<[](.+?)[>\]]/.exec(option.flags) ?? [];
  return namesOf(placeholder.toLowerCase(), option.argChoices, names);
}

/** What a placeholder stands for. */
async function namesOf(
  placeholder: string,
  choices: readonly string[] | undefined,
  names: Names,
): Promise<readonly Candidate[]> {
  if (choices !== undefined) return choices.map((word) => ({ word, help: '' }));
  // A name that begins with a dash would be taken for an option.
  if (placeholder === 'device') return (await names.devices()).filter(({ word }) => !word.startsWith('-'));
  if (placeholder === 'session') return names.sessions();
  return ['file', 'dir', 'path', 'socket', 'place'].includes(placeholder) ? [{ word: FILES, help: '' }] : [];
}

function optionOf(command: CommandUnknownOpts, word: string): Option | undefined {
  return command.options.find(({ long }) => long === word) as Option | undefined; // its types are only told apart by inference
}

function takesValue(option: Option | undefined): boolean {
  return option !== undefined && (option.required || option.optional);
}

/** A word that means itself in every shell: names of devices are chosen by others. */
function isPlain(word: string): boolean {
  return /^[\w.@+=:-]+$/.test(word);
}
