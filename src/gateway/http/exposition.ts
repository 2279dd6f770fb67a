/** Writes numbers as Prometheus reads them: the text format, version 0.0.4 (prometheus.io/docs/instrumenting/exposition_formats). */
import type { Durations } from '../../broker/interface.js';

export const EXPOSITION_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

type Labels = Readonly<Record<string, string>>;

export interface Exposition {
  /** One number. */
  one(type: 'counter' | 'gauge', name: string, help: string, value: number): void;
  /** One number for each value of a label. */
  each(
    type: 'counter' | 'gauge',
    name: string,
    help: string,
    label: string,
    values: Readonly<Record<string, number>>,
  ): void;
  durations(name: string, help: string, durations: Durations): void;
  toText(): string;
}

export function createExposition(): Exposition {
  const lines: string[] = [];
  const head = (type: string, name: string, help: string): void => {
    lines.push(`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`);
  };
  const sample = (name: string, value: number, labels: Labels = {}): void => {
    lines.push(`${name}${formatLabels(labels)} ${value}`);
  };

  return {
    one(type, name, help, value) {
      head(type, name, help);
      sample(name, value);
    },
    each(type, name, help, label, values) {
      head(type, name, help);
      for (const [key, value] of Object.entries(values)) sample(name, value, { [label]: key });
    },
    durations(name, help, { bucketSeconds, counts, count, sumSeconds }) {
      head('histogram', name, help);
      let sum = 0;
      for (const [index, end] of bucketSeconds.entries()) {
        sum += counts[index] ?? 0;
        sample(`${name}_bucket`, sum, { le: String(end) });
      }
      sample(`${name}_bucket`, count, { le: '+Inf' });
      sample(`${name}_sum`, sumSeconds);
      sample(`${name}_count`, count);
    },
    toText: () => `${lines.join('\n')}\n`,
  };
}

function formatLabels(labels: Labels): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escapeLabel(value)}"`);
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}

function escapeLabel(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}
