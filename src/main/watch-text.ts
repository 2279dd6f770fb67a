/** Entries of a trace as lines. */
import type { TraceEntry } from '../client/interface.js';
import { unreachable } from '../protocol/unreachable.js';
import { printable } from './printable.js';

/** Marks a text for a terminal, or leaves it as it is. Source: ECMA-48, section 8.3.117, select graphic rendition. */
export type Paint = (text: string, style: 'state' | 'faint' | 'trouble') => string;

const STYLES = { state: '1;36', faint: '2', trouble: '1;31' } as const;
const TROUBLED: ReadonlySet<string> = new Set(['failed', 'rejected', 'suspended', 'disconnected']);
const LANE_WIDTH = 7;

export const plain: Paint = (text) => text;
export const coloured: Paint = (text, style) => `\u001b[${STYLES[style]}m${text}\u001b[0m`;

/** The states a session was in, one after the other. */
export function extendPath(path: readonly string[], { machine, from, to }: TraceEntry): readonly string[] {
  if (machine !== 'session' || to === undefined) return path;
  return [...(path.length === 0 && from !== undefined ? [from] : path), to];
}

export function formatPath(path: readonly string[], paint: Paint): string {
  return path.map((state, index) => (index === path.length - 1 ? paint(state, styleOf(state)) : state)).join(' → ');
}

export function formatEntry(entry: TraceEntry, paint: Paint): string {
  const { at, lane, detail = {} } = entry;
  const time = new Date(at).toISOString().slice(11, 23);
  const details = Object.entries(detail).map(([name, value]) => ` ${name}: ${printable(String(value))}`);
  return `${paint(`${time} ${lane.padEnd(LANE_WIDTH)}`, 'faint')} ${wordsOf(entry, paint)}${paint(details.join(','), 'faint')}`;
}

function wordsOf({ kind, lane, name, machine, from, to, edge }: TraceEntry, paint: Paint): string {
  const words = printable(name);
  switch (kind) {
    case 'state':
      return from === undefined
        ? `in ${paint(`${to}`, 'state')}`
        : `${from} ──${words}──▶ ${paint(`${to}`, styleOf(`${to}`))}`;
    case 'event':
      if (machine === undefined) return words;
      return edge === undefined ? `${words} changes nothing in ${from}` : `${words} in ${from}`;
    case 'call':
      return `${words}()`;
    case 'result':
      return `${words} answered`;
    case 'frame':
      return lane === 'far' ? `◀ ${words}` : `▶ ${words}`;
    default:
      return unreachable(kind);
  }
}

function styleOf(state: string): 'state' | 'trouble' {
  return TROUBLED.has(state) ? 'trouble' : 'state';
}
