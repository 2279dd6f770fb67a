/** What `tandem watch` shows: the way of a session through its chart, and what happened on it. */
import type { TandemClient, TraceEntry, TraceUpdate } from '../client/interface.js';
import type { Io } from './terminal/io.js';
import type { Line } from './terminal/line.js';
import { extendPath, formatEntry, formatPath } from './watch-text.js';

/** So many entries stand below the path on a terminal. */
const SHOWN_ENTRIES = 16;
/** So many states the path shows: the last ones. */
const SHOWN_STATES = 8;

/** Shows what happened and what happens, until the session is destroyed or the client is closed. As JSON, each entry in a line. */
export async function watchSession(client: TandemClient, sessionId: number, io: Io, isJson: boolean): Promise<void> {
  const redraw = isJson ? undefined : io.redraw;
  let last = 0;
  let path: readonly string[] = [];
  let shown: readonly Line[] = [];

  /** True once there will be no more. */
  function show(entries: readonly TraceEntry[]): boolean {
    const fresh = entries.filter(({ offset }) => offset > last);
    last = fresh.at(-1)?.offset ?? last;
    path = fresh.reduce(extendPath, path).slice(-SHOWN_STATES);
    const lines = fresh.map(formatEntry);
    shown = [...shown, ...lines].slice(-SHOWN_ENTRIES);
    if (isJson) fresh.forEach(io.json);
    else if (redraw === undefined) lines.forEach(io.out);
    else redraw([[`Session ${sessionId}  `, ...formatPath(path)], '', ...shown]);
    return path.at(-1) === 'destroyed';
  }

  await new Promise<void>((resolve, reject) => {
    const onUpdate = (update: TraceUpdate): void => {
      if (show(update.type === 'change' ? [update.entry] : update.trace.entries)) resolve();
    };
    client.subscribeTrace(sessionId, onUpdate).catch(reject);
  });
}
