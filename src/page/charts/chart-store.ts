/** The charts of the gateway's machines, each asked for once. */
import { type ReadonlySignal, signal } from '@preact/signals';
import type { Chart } from '../../protocol/chart.js';
import { MACHINE_NAMES, type MachineName } from '../../protocol/codes.js';

export interface ChartStore {
  /** Undefined until it has come. */
  readonly charts: ReadonlySignal<Readonly<Partial<Record<MachineName, Chart>>>>;
  /** Why one of them did not come. */
  readonly trouble: ReadonlySignal<string>;
  /** Asks for those that are not there. */
  load(): Promise<void>;
}

export function createChartStore(): ChartStore {
  const charts = signal<Readonly<Partial<Record<MachineName, Chart>>>>({});
  const trouble = signal('');

  async function loadOne(name: MachineName): Promise<void> {
    if (charts.value[name] !== undefined) return;
    const response = await fetch(`/v1/charts/${name}.json`);
    if (!response.ok) throw new Error(`The chart of the ${name} did not come: ${response.status}.`);
    const chart = (await response.json()) as Chart; // the gateway's word
    // Read after the wait: others may have come meanwhile.
    charts.value = { ...charts.value, [name]: chart };
  }

  return {
    charts,
    trouble,
    async load() {
      const outcomes = await Promise.allSettled(MACHINE_NAMES.map(loadOne));
      const failed = outcomes.find((outcome) => outcome.status === 'rejected');
      trouble.value = failed === undefined ? '' : String(failed.reason);
    },
  };
}
