/** The charts of the gateway's machines, each asked for once. */
import { type ReadonlySignal, signal } from '@preact/signals';
import { CHART_NAMES, type Chart, type ChartName } from '../../protocol/chart.js';

export interface ChartStore {
  /** Undefined until it has come. */
  readonly charts: ReadonlySignal<Readonly<Partial<Record<ChartName, Chart>>>>;
  /** Why one of them did not come. */
  readonly trouble: ReadonlySignal<string>;
  /** Asks for those that are not there. */
  load(): Promise<void>;
}

export function createChartStore(request: (path: string) => Promise<Response>): ChartStore {
  const charts = signal<Readonly<Partial<Record<ChartName, Chart>>>>({});
  const trouble = signal('');

  async function loadOne(name: ChartName): Promise<void> {
    if (charts.value[name] !== undefined) return;
    const response = await request(`/v1/charts/${name}.json`);
    if (!response.ok) throw new Error(`The chart of the ${name} did not come: ${response.status}.`);
    charts.value = { ...charts.value, [name]: (await response.json()) as Chart }; // the gateway's word
  }

  return {
    charts,
    trouble,
    async load() {
      const outcomes = await Promise.allSettled(CHART_NAMES.map(loadOne));
      const failed = outcomes.find((outcome) => outcome.status === 'rejected');
      trouble.value = failed === undefined ? '' : String(failed.reason);
    },
  };
}
