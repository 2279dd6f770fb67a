/** A chart as text, or the test fails. */
import { type ChartFormat, writeChart } from '../../src/charts/documents.js';
import type { MachineName } from '../../src/protocol/codes.js';

export async function textOf(machine: MachineName, format: ChartFormat, active?: string): Promise<string> {
  const answer = await writeChart({ machine, format, active });
  if (answer.type !== 'document') throw new Error(answer.words);
  return answer.body.toString();
}
