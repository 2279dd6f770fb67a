/** A session's trace, as lines for people. */
import type { SessionTrace, TraceEntry } from '../client/interface.js';
import { deviceText } from './session-text.js';
import { count } from './terminal/count.js';
import type { Line } from './terminal/line.js';
import { formatTable } from './terminal/table.js';

/** Head, one line an entry with the time since the first, sums, diagnosis. Lanes and diagnosis have a look of their own. */
export function formatTrace(trace: SessionTrace): Line[] {
  const { session, entries, dropped, diagnosis } = trace;
  const { sessionId, serviceName, peer, state } = session;
  const startedAt = entries[0]?.at ?? 0;
  const [heading = '', ...lines] = formatTable(
    HEADINGS,
    entries.map((entry) => cellsOf(entry, startedAt)),
  );
  return [
    `Session ${sessionId}, ${serviceName}, with ${peer.bundleName} on ${deviceText(session)}: ${state}`,
    ...(dropped > 0 ? [`${count(dropped, 'earlier entry is', 'earlier entries are')} not kept.`] : []),
    '',
    heading,
    ...lines.map((line, index) => laneLine(line, entries[index])),
    '',
    countersText(trace),
    ...(diagnosis === undefined ? [] : [[{ text: diagnosis, style: 'bold' } as const]]),
  ];
}

const HEADINGS = ['TIME', 'LANE', 'WHAT', 'STATE', 'DETAIL'];

function cellsOf({ at, lane, kind, name, from, to, detail = {} }: TraceEntry, startedAt: number): string[] {
  const words = Object.entries(detail).map(([key, value]) => `${key}: ${value}`);
  const state = to === undefined ? '' : `${from === undefined ? '' : `${from} `}→ ${to}`;
  return [`+${((at - startedAt) / 1_000).toFixed(3)} s`, lane, `${WORDS[kind]}${name}`, state, words.join(', ')];
}

const WORDS = { call: 'call ', result: 'result of ', event: '', state: '', frame: 'frame ' } as const satisfies Record<
  TraceEntry['kind'],
  string
>;

const COLOURS = { client: 'cyan', session: 'green', peer: 'yellow', link: 'blue', far: 'magenta' } as const;

function laneLine(text: string, entry: TraceEntry | undefined): Line {
  return entry === undefined ? text : [{ text, style: COLOURS[entry.lane] }];
}

function countersText({ counters }: SessionTrace): string {
  const { textsSent, textsReceived, dataSent, dataReceived, bytesSent, bytesQueued, bytesReceived } = counters;
  const { resends, suspensions, roundTripMs } = counters;
  const waiting = bytesQueued === 0 ? '' : `, ${count(bytesQueued, 'byte')} waiting`;
  const roundTrip = roundTripMs === undefined ? '' : `, round trip ${Math.round(roundTripMs)} ms`;
  return [
    `Sent ${count(textsSent, 'text')} and ${dataSent} data (${count(bytesSent, 'byte')}${waiting})`,
    `received ${count(textsReceived, 'text')} and ${dataReceived} data (${count(bytesReceived, 'byte')})`,
    `${count(resends, 'frame')} again, suspended ${count(suspensions, 'time')}${roundTrip}.`,
  ].join(', ');
}
