/** Puts the configuration together: options before variables, these before the file, and that before the defaults. */
import type { TSchema } from 'typebox';
import { Compile } from 'typebox/schema';
import type { Io } from '../terminal/io.js';
import { type Format, readDocument, type SettingsDocument } from './document.js';
import { explain, type Refusal } from './explain.js';
import { type AllGiven, findMisspelt, type Given, readEnvironment, readOptions, type SettingOption } from './given.js';
import type { Problem } from './problem.js';
import { jsonSchemaOf, listSettings } from './settings.js';
import { isTree, valueAt, withDefaults, withoutEmpty, withoutSecrets, withValue } from './values.js';

export interface Sources {
  readonly file: { readonly path: string; readonly text: string } | undefined;
  readonly env: Io['env'];
  readonly options: readonly SettingOption[];
}

/** A setting as it counts; without value where it is not given and has no default. */
export interface EffectiveSetting {
  readonly name: string;
  /** Nothing that is secret. */
  readonly value: unknown;
  /** `--option`, a variable, `file:line:column`, or `default`. */
  readonly from: string;
}

export interface Reading {
  /** With every default; of the schema's type if there are no problems. */
  readonly value: unknown;
  readonly problems: readonly Problem[];
  /** What is no error but looks like one. */
  readonly notes: readonly string[];
  readonly settings: readonly EffectiveSetting[];
}

/** Reads all sources against a schema, and finds every problem at once. */
export async function readSettings(schema: TSchema, { file, env, options }: Sources): Promise<Reading> {
  const root = jsonSchemaOf(schema);
  const settings = listSettings(root);
  const document = file === undefined ? NO_FILE : readDocument(file.text, file.path, formatOf(file.path));
  const outside: AllGiven[] = [readOptions(options, settings), await readEnvironment(settings, env)];
  const given = outside.flatMap((one) => one.given);
  const problems = outside.flatMap((one) => one.problems);
  const notes = findMisspelt(settings, env);
  if ('problems' in document) {
    return { value: undefined, problems: [...document.problems, ...problems], notes, settings: [] };
  }
  const inFile = withoutEmpty(root, document.value ?? {});
  const value = withDefaults(root, withGiven(withoutHint(inFile), given));
  const effective = settings.map(({ name, path, schema: one }): EffectiveSetting => {
    const from =
      placeGiven(path, given) ?? (valueAt(inFile, path) === undefined ? 'default' : document.placeOfName(path));
    return { name, value: withoutSecrets(one, valueAt(value, path)), from };
  });
  return { value, problems: [...problems, ...check(schema, value, given, document)], notes, settings: effective };
}

const NO_FILE: SettingsDocument = {
  value: {},
  placeOfName: () => 'configuration',
  placeOfValue: () => 'configuration',
};

function formatOf(path: string): Format {
  return path.endsWith('.json') ? 'JSON' : 'YAML';
}

/** `$schema` is for editors. */
function withoutHint(value: unknown): unknown {
  if (!isTree(value)) return value;
  const { $schema, ...settings } = value;
  return settings;
}

/** The first given for a setting counts, so they are laid on from the last. */
function withGiven(value: unknown, given: readonly Given[]): unknown {
  if (!isTree(value)) return value;
  return given.reduceRight((tree, { setting, value: own }) => withValue(tree, setting.path, own), value);
}

function check(schema: TSchema, value: unknown, given: readonly Given[], document: SettingsDocument): Problem[] {
  const [isValid, errors] = Compile(schema).Errors(value);
  const refusals = isValid ? findIllFormed(value) : explain(jsonSchemaOf(schema), value, errors);
  return refusals.map(({ path, message, isName }) => {
    const inFile = isName ? document.placeOfName(path) : document.placeOfValue(path);
    return { place: placeGiven(path, given) ?? inFile, message };
  });
}

/** Texts that could not be sent as they are: escapes of YAML and JSON can say half of a surrogate pair. */
function findIllFormed(value: unknown, path: readonly string[] = []): Refusal[] {
  if (typeof value === 'string' && !value.isWellFormed()) {
    return [{ path, message: `${path.join('.')} has half of a surrogate pair`, isName: false }];
  }
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => findIllFormed(inner, [...path, key]));
}

/** Where the setting at this path, or around it, is given outside the file. */
function placeGiven(path: readonly string[], given: readonly Given[]): string | undefined {
  return given.find(({ setting }) => setting.path.every((key, index) => path[index] === key))?.place;
}
