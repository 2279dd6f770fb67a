/** `tandem chart`: a machine's statechart as a document. Needs no gateway. */
import { writeFile } from 'node:fs/promises';
import { CHART_FORMATS, type ChartFormat, isChartFormat, isMachine, writeChart } from '../../charts/documents.js';
import { MACHINE_NAMES, type MachineName } from '../../protocol/codes.js';
import { unreachable } from '../../protocol/unreachable.js';
import { type Command, readArguments, refuseMore } from '../command.js';
import { CommandError, ExitCode, reasonOf } from '../command-error.js';
import { findSuggestion } from '../suggestion.js';

const FORMATS = Object.keys(CHART_FORMATS).join(', ');
const MACHINES = MACHINE_NAMES.join(', ');

const OPTIONS = {
  format: { type: 'string', value: 'NAME', help: `one of ${FORMATS}; svg if not given` },
  active: { type: 'string', value: 'STATE', help: 'show this state, and what can happen in it, as active' },
  out: { type: 'string', value: 'FILE', help: 'write it there instead of printing it; a png must be' },
} as const;

export const command: Command = {
  summary: 'prints the statechart of a session, a peer or the radio as a document',
  usage: ['chart <machine> [--format NAME] [--active STATE] [--out FILE]'],
  details: [`The machine is one of ${MACHINES}. docs/charts.md shows them, and says what each format is for.`],
  options: OPTIONS,
  async run(args, io) {
    const { values, positionals } = readArguments(args, OPTIONS);
    const [name, ...rest] = positionals;
    refuseMore(rest);
    const machine = readMachineName(name);
    const format = readFormat(values.format ?? 'svg');
    if (format === 'png' && values.out === undefined) throw misuse('A png is no text: name a file with --out.');
    const body = await readBody(machine, format, values.active);
    if (values.out === undefined) io.out(body.toString().trimEnd());
    else await save(values.out, body);
    return ExitCode.ok;
  },
};

function readMachineName(name: string | undefined): MachineName {
  if (name !== undefined && isMachine(name)) return name;
  if (name === undefined) throw misuse(`tandem chart takes one of: ${MACHINES}.`);
  const suggestion = findSuggestion(name, MACHINE_NAMES);
  throw misuse(`There is no machine "${name}", only ${MACHINES}.`, suggestion);
}

function readFormat(name: string): ChartFormat {
  if (isChartFormat(name)) return name;
  throw misuse(`--format takes one of ${FORMATS}, not "${name}".`);
}

async function readBody(
  machine: MachineName,
  format: ChartFormat,
  active: string | undefined,
): Promise<string | Uint8Array> {
  const chart = await writeChart({ machine, format, active });
  switch (chart.type) {
    case 'document':
      return chart.body;
    case 'unknown-state':
      throw misuse(chart.words);
    case 'unavailable':
      throw new CommandError(chart.words);
    default:
      return unreachable(chart);
  }
}

async function save(path: string, body: string | Uint8Array): Promise<void> {
  await writeFile(path, body).catch((error: unknown) => {
    throw new CommandError(`The chart cannot be written: ${reasonOf(error)}`, { cause: error });
  });
}

function misuse(message: string, suggestion?: string): CommandError {
  const advice = suggestion === undefined ? [] : [`Did you mean tandem chart ${suggestion}?`];
  return new CommandError(message, { exitCode: ExitCode.usage, advice });
}
