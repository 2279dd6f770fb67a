/** The configuration of this device, from wherever it is kept. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { CommandError, ExitCode } from '../command-error.js';
import { readIfThere } from '../private-file.js';
import { StateFile } from '../state-directory.js';
import type { Io } from '../terminal/io.js';
import type { SettingOption } from './given.js';
import { formatProblem, type Problem } from './problem.js';
import { type Reading, readSettings } from './read-settings.js';
import { type Config, ConfigSchema } from './schema.js';

/** Problems shown at once where a broker is to start; `tandem config check` shows all. */
const MAX_PROBLEMS = 5;

/** Where to look. */
export interface ConfigPlaces {
  /** The file that `--config` names. */
  readonly file?: string | undefined;
  readonly stateDirectory: string;
  readonly env: Io['env'];
  /** Options of the command line that are settings. */
  readonly options?: readonly SettingOption[];
}

/** Throws CommandError that names what is wrong, where and why: `usage` where only the command line is. */
export async function loadConfig(places: ConfigPlaces, note: (line: string) => void = () => {}): Promise<Config> {
  const { value, problems, notes } = await readConfig(places);
  if (problems.length > 0) throw describe(problems);
  notes.forEach(note);
  return value as Config; // it has passed the schema
}

/** The same with all problems, and with where each setting comes from. Throws CommandError when a file that was asked for is missing. */
export async function readConfig({ file, stateDirectory, env, options = [] }: ConfigPlaces): Promise<Reading> {
  const path = findConfigFile(file, stateDirectory, env);
  const text = path === undefined ? undefined : await readIfThere(path);
  if (path !== undefined && text === undefined) throw new CommandError(`There is no configuration file ${path}.`);
  return readSettings(ConfigSchema, {
    file: path === undefined || text === undefined ? undefined : { path, text },
    env,
    options,
  });
}

/** `--config`, else TANDEM_CONFIG, else the one in the state directory if there is one. */
export function findConfigFile(option: string | undefined, stateDirectory: string, env: Io['env']): string | undefined {
  const chosen = option ?? (env['TANDEM_CONFIG'] || undefined);
  if (chosen !== undefined) return chosen;
  const own = [StateFile.yamlConfig, StateFile.jsonConfig].map((name) => join(stateDirectory, name)).filter(existsSync);
  if (own.length < 2) return own[0];
  throw new CommandError(`There are two configurations: ${own.join(' and ')}.`, { advice: ['Remove one of them.'] });
}

function describe(problems: readonly Problem[]): CommandError {
  const isUsage = problems.every(({ place }) => place.startsWith('--'));
  const more = problems.length - MAX_PROBLEMS;
  return new CommandError('The configuration is not valid:', {
    exitCode: isUsage ? ExitCode.usage : ExitCode.failed,
    advice: [
      ...problems.slice(0, MAX_PROBLEMS).map((problem) => `  ${formatProblem(problem)}`),
      ...(more > 0 ? [`  and ${more} more: tandem config check shows all.`] : []),
      'docs/configuration.md lists the settings.',
    ],
  });
}
