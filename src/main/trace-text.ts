/** A session's trace, as lines for people. */
import { styleText } from 'node:util';
import type { SessionTrace, TraceEntry } from '../client/interface.js';
import { printable } from './printable.js';
import { formatTable } from './table.js';

export interface TraceTextOptions {
  /** Of the lanes and the diagnosis; only where results go to a terminal. */
  readonly hasColour: boolean;
}

/** Head, one line an entry with the time since the first, sums, diagnosis. */
export function formatTrace(trace: SessionTrace, { hasColour }: TraceTextOptions): string[] {
  const { session, entries, dropped, diagnosis } = trace;
  const startedAt = entries[0]?.at ?? 0;
  const [heading = '', ...lines] = formatTable(
    HEADINGS,
    entries.map((entry) => cellsOf(entry, startedAt)),
  );
  const coloured = lines.map((line, index) => (hasColour ? colourOf(line, entries[index]) : line));
  return [
    printable(
      `Session ${session.sessionId}, ${session.serviceName}, with ${session.peer.bundleName} on ${session.peer.deviceId}: ${session.state}`,
    ),
    ...(dropped > 0 ? [`${dropped} earlier entries are not kept.`] : []),
    '',
    heading,
    ...coloured,
    '',
    countersText(trace),
    ...(diagnosis === undefined ? [] : [hasColour ? styleText('bold', printable(diagnosis)) : printable(diagnosis)]),
  ];
}

const HEADINGS = ['TIME', 'LANE', 'WHAT', 'STATE', 'DETAIL'];

function cellsOf({ at, lane, kind, name, from, to, detail = {} }: TraceEntry, startedAt: number): string[] {
  const words = Object.entries(detail).map(([key, value]) => `${key}: ${value}`);
  const state = to === undefined ? '' : `${from === undefined ? '' : `${from} `}→ ${to}`;
  return [
    `+${((at - startedAt) / 1_000).toFixed(3)} s`,
    lane,
    `${WORDS[kind]}${name}`,
    state,
    printable(words.join(', ')),
  ];
}

const WORDS = { call: 'call ', result: 'result of ', event: '', state: '', frame: 'frame ' } as const satisfies Record<
  TraceEntry['kind'],
  string
>;

const COLOURS = { client: 'cyan', session: 'green', peer: 'yellow', link: 'blue', far: 'magenta' } as const;

function colourOf(line: string, entry: TraceEntry | undefined): string {
  return entry === undefined ? line : styleText(COLOURS[entry.lane], line);
}

function countersText({ counters }: SessionTrace): string {
  const { textsSent, textsReceived, dataSent, dataReceived, bytesSent, bytesReceived, resends, suspensions } = counters;
  const roundTrip = counters.roundTripMs === undefined ? '' : `, round trip ${Math.round(counters.roundTripMs)} ms`;
  return [
    `Sent ${textsSent} texts and ${dataSent} data (${bytesSent} bytes)`,
    `received ${textsReceived} and ${dataReceived} (${bytesReceived} bytes)`,
    `${resends} frames again, suspended ${suspensions} times${roundTrip}.`,
  ].join(', ');
}
