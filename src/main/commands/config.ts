/** `tandem config`: what the configuration is, whether it is valid, and what it may be. */
import { type Define, JSON_OPTION } from '../command.js';
import { ExitCode } from '../command-error.js';
import { describeFile } from '../config/file-schema.js';
import { findConfigFile, readConfig } from '../config/load-config.js';
import { formatProblem } from '../config/problem.js';
import type { EffectiveSetting } from '../config/read-settings.js';
import { findStateDirectory } from '../state-directory.js';
import type { Io } from '../terminal/io.js';
import { formatTable } from '../terminal/table.js';

const DESCRIPTION = `Checks the configuration, shows what counts, or prints its schema.

FILE is what tandem start takes as --config; without it, the file is found as tandem start finds it. Variables of the environment, such as TANDEM_GATEWAY_PORT, count as they do for tandem start.`;

const STATE_DIR = ['--state-dir <DIR>', 'state directory whose configuration counts'] as const;

export const define: Define = (command, io) => {
  command.description(DESCRIPTION);
  command
    .command('check')
    .description('Prints all problems of the configuration at once; the exit code is 1 when there is one.')
    .argument('[file]')
    .addOption(JSON_OPTION)
    .option(...STATE_DIR)
    .action(async (file, { json = false, stateDir }) => check(placeOf(file, stateDir, io), json, io));
  command
    .command('show')
    .description('Prints each setting with where it comes from, and no secret.')
    .argument('[file]')
    .addOption(JSON_OPTION)
    .option(...STATE_DIR)
    .action(async (file, { json = false, stateDir }) => show(placeOf(file, stateDir, io), json, io));
  command
    .command('schema')
    .description('Prints the JSON Schema of the configuration, for editors.')
    .addOption(JSON_OPTION)
    .action(() => io.write(`${JSON.stringify(describeFile(), null, 2)}\n`));
};

function placeOf(file: string | undefined, stateDir: string | undefined, { env }: Io): Place {
  return { file, stateDirectory: findStateDirectory(stateDir, env) };
}

interface Place {
  readonly file: string | undefined;
  readonly stateDirectory: string;
}

async function check({ file, stateDirectory }: Place, isJson: boolean, io: Io): Promise<void> {
  const { problems, notes } = await readConfig({ file, stateDirectory, env: io.env });
  const path = findConfigFile(file, stateDirectory, io.env);
  notes.forEach(io.err);
  if (problems.length > 0) io.exitWith(ExitCode.failed);
  if (isJson) io.json({ isValid: problems.length === 0, ...(path !== undefined && { file: path }), problems });
  else if (problems.length > 0) problems.map(formatProblem).forEach(io.out);
  else if (path === undefined) io.out('There is no file; the defaults and the environment are valid.');
  else io.out(`${path} is valid.`);
}

async function show({ file, stateDirectory }: Place, isJson: boolean, io: Io): Promise<void> {
  const { settings, problems, notes } = await readConfig({ file, stateDirectory, env: io.env });
  notes.forEach(io.err);
  if (isJson) io.json(settings);
  else formatTable(['setting', 'value', 'from'], settings.map(rowOf)).forEach(io.out);
  problems.map(formatProblem).forEach(io.err);
  if (problems.length > 0) io.exitWith(ExitCode.failed);
}

function rowOf({ name, value, from }: EffectiveSetting): string[] {
  return [name, value === undefined ? '–' : JSON.stringify(value), from];
}
