/** Writes a chart as text: a Markdown table of what is done without leaving a state. */
import type { ChartModel } from '../../src/protocol/chart.js';

/** States that do the same share a row. */
export function tableOf({ transitions }: ChartModel): string {
  const states = new Map<string, string[]>();
  for (const { source, label, actions, isInternal } of transitions) {
    if (!isInternal) continue;
    const row = `${label} | ${actions.join(', ')}`;
    states.set(row, [...(states.get(row) ?? []), source]);
  }
  const lines = [...states].map(([row, names]) => `| ${names.join(', ')} | ${row} |`);
  return ['| in | on | does |', '|---|---|---|', ...lines].join('\n');
}
