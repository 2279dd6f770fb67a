/** `tandem config`: what the configuration is, whether it is valid, and what it may be. */
import { type Command, readArguments, refuseMore } from '../command.js';
import { CommandError, ExitCode } from '../command-error.js';
import { describeFile } from '../config/file-schema.js';
import { findConfigFile, readConfig } from '../config/load-config.js';
import { formatProblem } from '../config/problem.js';
import type { EffectiveSetting } from '../config/read-settings.js';
import type { Io } from '../io.js';
import { printable } from '../printable.js';
import { findStateDirectory } from '../state-directory.js';
import { formatTable } from '../table.js';

const OPTIONS = {
  json: { type: 'boolean', help: 'show: print JSON' },
  'state-dir': { type: 'string', value: 'DIR', help: 'state directory whose configuration counts' },
} as const;

export const command: Command = {
  summary: 'checks the configuration, shows what counts, or prints its schema',
  usage: ['config check [FILE]', 'config show [FILE] [--json]', 'config schema'],
  details: [
    'FILE is what tandem start takes as --config; without it, the file is found as tandem start finds it.',
    'Variables of the environment, such as TANDEM_GATEWAY_PORT, count as they do for tandem start.',
    'check prints all problems at once; its exit code is 1 when there is one.',
    'show prints where each setting comes from, and no secret.',
  ],
  options: OPTIONS,
  async run(args, io) {
    const { values, positionals } = readArguments(args, OPTIONS);
    const [action, file, ...rest] = positionals;
    refuseMore(action === 'schema' && file !== undefined ? [file, ...rest] : rest);
    const place: Place = { file, stateDirectory: findStateDirectory(values['state-dir'], io.env) };
    switch (action) {
      case 'check':
        return check(place, io);
      case 'show':
        return show(place, values.json ?? false, io);
      case 'schema':
        io.out(JSON.stringify(describeFile(), null, 2));
        return ExitCode.ok;
      default:
        throw new CommandError('tandem config takes check, show or schema.', { exitCode: ExitCode.usage });
    }
  },
};

interface Place {
  readonly file: string | undefined;
  readonly stateDirectory: string;
}

async function check({ file, stateDirectory }: Place, io: Io): Promise<ExitCode> {
  const { problems, notes } = await readConfig({ file, stateDirectory, env: io.env });
  const path = findConfigFile(file, stateDirectory, io.env);
  notes.map(printable).forEach(io.err);
  if (problems.length === 0) {
    io.out(path === undefined ? 'There is no file; the defaults and the environment are valid.' : `${path} is valid.`);
    return ExitCode.ok;
  }
  problems.map(formatProblem).map(printable).forEach(io.out);
  return ExitCode.failed;
}

async function show({ file, stateDirectory }: Place, isJson: boolean, io: Io): Promise<ExitCode> {
  const { settings, problems, notes } = await readConfig({ file, stateDirectory, env: io.env });
  notes.map(printable).forEach(io.err);
  if (isJson) io.out(JSON.stringify(settings));
  else formatTable(['setting', 'value', 'from'], settings.map(rowOf)).map(printable).forEach(io.out);
  problems.map(formatProblem).map(printable).forEach(io.err);
  return problems.length === 0 ? ExitCode.ok : ExitCode.failed;
}

function rowOf({ name, value, from }: EffectiveSetting): string[] {
  return [name, value === undefined ? '–' : JSON.stringify(value), from];
}
