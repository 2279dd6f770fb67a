/** Settings from outside the file: options of the command line and variables of the environment. */
import { readFile } from 'node:fs/promises';
import { reasonOf } from '../command-error.js';
import { findSuggestion } from '../suggestion.js';
import type { Io } from '../terminal/io.js';
import type { Problem } from './problem.js';
import { isSecret, type Setting } from './settings.js';
import { readTextValue } from './text-value.js';

/** A value for a setting, and where it comes from: the option or the variable. */
export interface Given {
  readonly setting: Setting;
  readonly value: unknown;
  readonly place: string;
}

export interface AllGiven {
  readonly given: readonly Given[];
  readonly problems: readonly Problem[];
}

/** An option of the command line that is a setting; without text it was not given. */
export interface SettingOption {
  readonly option: string;
  readonly name: string;
  readonly text: string | undefined;
}

/** Reads the options that are settings. */
export function readOptions(options: readonly SettingOption[], settings: readonly Setting[]): AllGiven {
  return collect(
    options.map(({ option, name, text }) => {
      const setting = settings.find((candidate) => candidate.name === name);
      return setting === undefined || text === undefined ? undefined : readGiven(setting, text, `--${option}`);
    }),
  );
}

/** Reads every setting's variable. An empty one counts as not set: that is how compose files pass on what they do not know. */
export async function readEnvironment(settings: readonly Setting[], env: Io['env']): Promise<AllGiven> {
  return collect(await Promise.all(settings.map((setting) => readVariable(setting, env))));
}

/** Variables that look like misspelt settings. Others of our prefix may be anyone's: container hosts make names of it. */
export function findMisspelt(settings: readonly Setting[], env: Io['env']): string[] {
  const known = variablesOf(settings);
  return Object.keys(env).flatMap((name) => {
    if (!name.startsWith('TANDEM_') || known.includes(name)) return [];
    const suggestion = findSuggestion(name, known);
    return suggestion === undefined ? [] : [`${name} is no setting; is ${suggestion} meant?`];
  });
}

type One = Given | { readonly problems: readonly Problem[] } | undefined;

async function readVariable(setting: Setting, env: Io['env']): Promise<One> {
  const { variable, schema } = setting;
  const text = env[variable] || undefined;
  const fileVariable = `${variable}_FILE`;
  const path = isSecret(schema) ? env[fileVariable] || undefined : undefined;
  if (path === undefined) return text === undefined ? undefined : readGiven(setting, text, variable);
  if (text !== undefined) {
    return { problems: [{ place: fileVariable, message: `${variable} is set as well; which one counts?` }] };
  }
  try {
    // Editors end a file with a newline, which is no part of the secret.
    return readGiven(setting, (await readFile(path, 'utf8')).replace(/\r?\n$/, ''), fileVariable);
  } catch (error) {
    return { problems: [{ place: fileVariable, message: reasonOf(error) }] };
  }
}

function readGiven(setting: Setting, text: string, place: string): One {
  const read = readTextValue(text, setting.schema, place);
  return 'problems' in read ? read : { setting, value: read.value, place };
}

function collect(all: readonly One[]): AllGiven {
  const read = all.filter((one) => one !== undefined);
  return {
    given: read.flatMap((one) => ('problems' in one ? [] : [one])),
    problems: read.flatMap((one) => ('problems' in one ? one.problems : [])),
  };
}

function variablesOf(settings: readonly Setting[]): string[] {
  const own = settings.flatMap(({ variable, schema }) => [variable, ...(isSecret(schema) ? [`${variable}_FILE`] : [])]);
  return ['TANDEM_CONFIG', 'TANDEM_STATE_DIR', ...own];
}
