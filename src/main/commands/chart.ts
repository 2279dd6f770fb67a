/** `tandem chart`: a machine's statechart as a document. Needs no gateway. */
import { writeFile } from 'node:fs/promises';
import { Argument, Option } from '@commander-js/extra-typings';
import { CHART_FORMATS, type ChartFormat, writeChart } from '../../charts/documents.js';
import { MACHINE_NAMES, type MachineName } from '../../protocol/codes.js';
import { unreachable } from '../../protocol/unreachable.js';
import { type Define, JSON_OPTION, misuse } from '../command.js';
import { CommandError, reasonOf } from '../command-error.js';

const FORMATS = Object.keys(CHART_FORMATS) as ChartFormat[]; // the table has no other keys

const DESCRIPTION = `Prints the statechart of a session, a peer or the radio as a document. Needs no gateway.

docs/charts.md shows them, and says what each format is for.`;

export const define: Define = (command, io) => {
  command
    .description(DESCRIPTION)
    .addArgument(new Argument('<machine>', 'whose chart').choices(MACHINE_NAMES))
    .addOption(new Option('--format <NAME>', 'what to write it as').choices(FORMATS).default('svg' as const))
    .option('--active <STATE>', 'show this state, and what can happen in it, as active')
    .option('--out <FILE>', 'write it there instead of printing it; a png must be')
    .addOption(JSON_OPTION)
    .action(async (machine, { format, active, out, json }) => {
      if (format === 'png' && out === undefined) throw misuse('A png is no text: name a file with --out.');
      const body = await readBody(machine, format, active);
      if (out !== undefined) await save(out, body);
      if (json) io.json({ machine, format, ...(out === undefined ? { document: body.toString() } : { file: out }) });
      else if (out === undefined) await io.write(`${body.toString().trimEnd()}\n`);
    });
};

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
