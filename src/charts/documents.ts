/** Charts as documents: one for each machine, format and state that is shown as active. */
import { MACHINE_NAMES, type MachineName } from '../protocol/codes.js';
import { unreachable } from '../protocol/unreachable.js';
import { chartOf, configOf, modelOf } from './charts.js';
import { formatMermaid } from './mermaid.js';
import { renderPng } from './png.js';
import { formatScxml } from './scxml.js';
import { formatSvg } from './svg.js';

/** Media types by the ending of a name. */
export const CHART_FORMATS = {
  svg: 'image/svg+xml; charset=utf-8',
  png: 'image/png',
  mmd: 'text/vnd.mermaid; charset=utf-8',
  scxml: 'application/scxml+xml; charset=utf-8',
  json: 'application/json; charset=utf-8',
  'xstate.json': 'application/json; charset=utf-8',
} as const;
export type ChartFormat = keyof typeof CHART_FORMATS;

export interface ChartRequest {
  readonly machine: MachineName;
  readonly format: ChartFormat;
  /** The state that is shown as active. */
  readonly active: string | undefined;
}

/** What was made is kept: there are as many as formats times states, whatever is asked for. */
const made = new Map<string, Promise<ChartAnswer>>();

export function isMachine(name: string): name is MachineName {
  return MACHINE_NAMES.some((known) => known === name);
}

export function isChartFormat(name: string): name is ChartFormat {
  return Object.hasOwn(CHART_FORMATS, name);
}

export function statesOf(machine: MachineName): readonly string[] {
  return modelOf(machine).states.map(({ id }) => id);
}

export type ChartAnswer =
  | { readonly type: 'document'; readonly body: string | Uint8Array }
  | { readonly type: 'unknown-state'; readonly words: string }
  | { readonly type: 'unavailable'; readonly words: string };

export async function writeChart(request: ChartRequest): Promise<ChartAnswer> {
  const { machine, format, active } = request;
  const states = statesOf(machine);
  if (active !== undefined && !states.includes(active)) {
    return { type: 'unknown-state', words: `The ${machine} has no such state; it has ${states.join(', ')}.` };
  }
  const key = `${machine}.${format} ${active ?? ''}`;
  const answer = made.get(key) ?? write(request);
  made.set(key, answer);
  // What is missing may be installed meanwhile.
  const forget = (): unknown => made.get(key) === answer && made.delete(key);
  answer.then(({ type }) => type === 'unavailable' && forget(), forget);
  return answer;
}

async function write({ machine, format, active }: ChartRequest): Promise<ChartAnswer> {
  switch (format) {
    case 'mmd':
      return { type: 'document', body: formatMermaid(modelOf(machine), active) };
    case 'scxml':
      return { type: 'document', body: formatScxml(modelOf(machine), active) };
    case 'xstate.json':
      return { type: 'document', body: configOf(machine, active) };
    case 'json':
    case 'svg':
    case 'png':
      return draw(machine, format, active);
    default:
      return unreachable(format);
  }
}

async function draw(machine: MachineName, format: 'json' | 'svg' | 'png', active?: string): Promise<ChartAnswer> {
  const chart = { ...(await chartOf(machine)), ...(active !== undefined && { active }) };
  if (format === 'json') return { type: 'document', body: JSON.stringify(chart) };
  const svg = formatSvg(chart);
  if (format === 'svg') return { type: 'document', body: svg };
  const picture = await renderPng(svg);
  return picture.type === 'picture' ? { type: 'document', body: picture.bytes } : picture;
}
