/** Entries of a trace as lines. */
import type { TraceEntry } from '../client/interface.js';
import { unreachable } from '../protocol/unreachable.js';
import type { Span } from './terminal/line.js';
import { formatTime } from './terminal/local-time.js';

const TROUBLED: ReadonlySet<string> = new Set(['failed', 'rejected', 'suspended', 'disconnected']);
const LANE_WIDTH = 7;

/** The states a session was in, one after the other. */
export function extendPath(path: readonly string[], { machine, from, to }: TraceEntry): readonly string[] {
  if (machine !== 'session' || to === undefined) return path;
  return [...(path.length === 0 && from !== undefined ? [from] : path), to];
}

export function formatPath(path: readonly string[]): readonly Part[] {
  return path.flatMap((state, index) => {
    const isLast = index === path.length - 1;
    return [...(index === 0 ? [] : [' → ']), isLast ? stateSpan(state) : state];
  });
}

export function formatEntry(entry: TraceEntry): readonly Part[] {
  const { at, lane, detail = {} } = entry;
  const details = Object.entries(detail).map(([name, value]) => ` ${name}: ${value}`);
  return [dim(`${formatTime(at)} ${lane.padEnd(LANE_WIDTH)}`), ' ', ...wordsOf(entry), dim(details.join(','))];
}

type Part = string | Span;

function wordsOf({ kind, lane, name, machine, from, to, edge }: TraceEntry): readonly Part[] {
  switch (kind) {
    case 'state':
      return from === undefined ? ['in ', stateSpan(`${to}`)] : [`${from} ──${name}──▶ `, stateSpan(`${to}`)];
    case 'event':
      if (machine === undefined) return [name];
      return [edge === undefined ? `${name} changes nothing in ${from}` : `${name} in ${from}`];
    case 'call':
      return [`${name}()`];
    case 'result':
      return [`${name} answered`];
    case 'frame':
      return [lane === 'far' ? `◀ ${name}` : `▶ ${name}`];
    default:
      return unreachable(kind);
  }
}

function stateSpan(state: string): Span {
  return { text: state, style: TROUBLED.has(state) ? 'red' : 'cyan' };
}

function dim(text: string): Span {
  return { text, style: 'dim' };
}
