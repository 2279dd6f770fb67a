/** Walks through a trace: which state each chart was in after an entry, how it came there, and what was known of the session. */
import type { TraceEntry } from '../../client/client.js';
import type { MachineName } from '../../protocol/codes.js';
import type { Fact } from './trace-types.js';

/** One chart at one moment. */
export interface ChartMoment {
  readonly state: string;
  /** When the state was entered, in milliseconds since 1970; undefined when that is older than the trace. */
  readonly enteredAt?: number;
  /** The transition taken last. */
  readonly edge?: string;
}

export interface Moment {
  /** Of the last entry that has happened; 0 before the first. */
  readonly offset: number;
  readonly entry?: TraceEntry;
  readonly charts: Readonly<Partial<Record<MachineName, ChartMoment>>>;
  /** Everything that the entries so far have said, the later over the earlier. */
  readonly facts: Readonly<Record<string, Fact>>;
}

/** What one entry changed. */
export interface Change {
  readonly name: string;
  readonly before: Fact | undefined;
  readonly after: Fact;
}

/** The moment right after the entry with this offset; the last one when `offset` is undefined. */
export function momentAt(entries: readonly TraceEntry[], offset: number | undefined): Moment {
  const passed = offset === undefined ? entries : entries.filter((entry) => entry.offset <= offset);
  return passed.reduce(step, beginningOf(entries));
}

/** What the last entry of `moment` changed, given the moment before it. */
export function changesBetween(before: Moment, moment: Moment): readonly Change[] {
  return Object.entries(moment.facts)
    .filter(([name, fact]) => before.facts[name] !== fact)
    .map(([name, fact]) => ({ name, before: before.facts[name], after: fact }));
}

/** Before the first entry that is kept each chart was in the state that its first entry left. */
function beginningOf(entries: readonly TraceEntry[]): Moment {
  const charts: Partial<Record<MachineName, ChartMoment>> = {};
  for (const { machine, from } of entries) {
    if (machine !== undefined && from !== undefined) charts[machine] ??= { state: from };
  }
  const first = entries[0];
  const facts = Object.fromEntries(Object.entries(charts).map(([machine, { state }]) => [machine, state]));
  return { offset: first === undefined ? 0 : first.offset - 1, charts, facts };
}

function step(moment: Moment, entry: TraceEntry): Moment {
  const { machine, to, edge, at } = entry;
  const charts = { ...moment.charts };
  const present = machine === undefined ? undefined : charts[machine];
  if (machine !== undefined && to !== undefined) {
    charts[machine] = { state: to, enteredAt: at, ...(edge !== undefined && { edge }) };
  } else if (machine !== undefined && present !== undefined && edge !== undefined) {
    charts[machine] = { ...present, edge };
  }
  return { offset: entry.offset, entry, charts, facts: { ...moment.facts, ...factsOf(entry) } };
}

function factsOf({ lane, machine, to, detail = {} }: TraceEntry): Record<string, Fact> {
  const facts: Record<string, Fact> = {};
  if (machine !== undefined && to !== undefined) facts[machine] = to;
  for (const [name, fact] of Object.entries(detail)) facts[`${machine ?? lane}.${name}`] = fact;
  return facts;
}
