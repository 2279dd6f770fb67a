/** The last entries of one session's trace, kept small: there may be 100,000 of them. */
import { MAX_TRACE_ENTRIES } from '../protocol/limits.js';
import type { TraceEntry } from './interface.js';

/** What an entry says that is the same each time: made once, and shared by all sessions. */
export type TraceRow = Omit<TraceEntry, 'offset' | 'at'>;
export type TraceDetail = NonNullable<TraceEntry['detail']>;

/** Hears of entries as they are recorded, once somebody wants to. */
export interface TraceWatch {
  readonly observed: boolean;
  next(traced: { readonly sessionId: number; readonly entry: TraceEntry }): void;
}

/** Others read it by `readTrace` only. */
export interface Trace {
  readonly sessionId: number;
  readonly watch: TraceWatch;
  /** In milliseconds since 1970. */
  readonly startedAt: number;
  /** Three slots an entry: when, in milliseconds since the start; its row; its detail or undefined. Grows up to the limit, then goes round. */
  readonly slots: (TraceRow | TraceDetail | number | undefined)[];
  /** How many entries there were in all. */
  count: number;
}

const SLOTS = 3;

export function createTrace(sessionId: number, watch: TraceWatch): Trace {
  return { sessionId, watch, startedAt: Date.now(), slots: [], count: 0 };
}

/** Records one entry. What is not the same each time goes into `detail`. */
export function note(trace: Trace, row: TraceRow, detail?: TraceDetail): void {
  const { slots, startedAt, watch } = trace;
  const at = Date.now() - startedAt;
  if (trace.count < MAX_TRACE_ENTRIES) {
    slots.push(at, row, detail);
  } else {
    const place = (trace.count % MAX_TRACE_ENTRIES) * SLOTS;
    slots[place] = at;
    slots[place + 1] = row;
    slots[place + 2] = detail;
  }
  trace.count += 1;
  if (watch.observed) watch.next({ sessionId: trace.sessionId, entry: entryAt(trace, trace.count) });
}

/** How many entries are not kept any more. */
export function droppedOf({ count }: Trace): number {
  return Math.max(0, count - MAX_TRACE_ENTRIES);
}

export function readTrace(trace: Trace): readonly TraceEntry[] {
  const dropped = droppedOf(trace);
  return Array.from({ length: trace.count - dropped }, (_, index) => entryAt(trace, dropped + index + 1));
}

/** The kept entries, the newest first. */
export function* entriesBackwards(trace: Trace): Iterable<readonly [TraceRow, TraceDetail | undefined]> {
  for (let offset = trace.count; offset > droppedOf(trace); offset -= 1) {
    const place = placeOf(offset);
    yield [trace.slots[place + 1] as TraceRow, trace.slots[place + 2] as TraceDetail | undefined]; // see slots
  }
}

function placeOf(offset: number): number {
  return ((offset - 1) % MAX_TRACE_ENTRIES) * SLOTS;
}

function entryAt({ slots, startedAt }: Trace, offset: number): TraceEntry {
  const place = placeOf(offset);
  const row = slots[place + 1] as TraceRow; // see slots
  const own = slots[place + 2] as TraceDetail | undefined; // as above
  const detail = own === undefined ? row.detail : { ...row.detail, ...own };
  return { offset, at: startedAt + Number(slots[place]), ...row, ...(detail !== undefined && { detail }) };
}
