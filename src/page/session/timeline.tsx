/** What happened, in lanes from this app to the far side, with a scrubber that walks back through it. */
import { useComputed, useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { TraceEntry } from '../../client/client.js';
import { TRACE_LANES, type TraceLane } from '../../protocol/codes.js';
import type { Moment } from '../trace/replay.js';
import type { SessionWatch } from '../trace/session-watch.js';
import { LaneRow } from './lane-row.js';

const LANES: Record<TraceLane, string> = {
  client: 'app',
  session: 'session',
  peer: 'peer',
  link: 'link',
  far: 'far side',
};

export function Timeline({ watch }: { readonly watch: SessionWatch }) {
  const text = useSignal('');
  const shut = useSignal<ReadonlySet<TraceLane>>(new Set());
  const shown = useComputed(() => filterEntries(watch.trace.value?.entries ?? [], shut.value, text.value));
  const { entries = [], dropped = 0 } = watch.trace.value ?? {};
  return (
    <section class="card timeline" aria-label="Timeline">
      <header class="timeline-head">
        <h3>Timeline</h3>
        <span class="quiet">
          {entries.length} events{dropped > 0 && `, ${dropped} older ones are gone`}
        </span>
      </header>
      <div class="timeline-filter">
        <fieldset aria-label="Lanes" class="lane-switches">
          {TRACE_LANES.map((lane) => (
            <button
              key={lane}
              type="button"
              class="chip"
              aria-pressed={!shut.value.has(lane)}
              onClick={() => {
                const next = new Set(shut.value);
                if (!next.delete(lane)) next.add(lane);
                shut.value = next;
              }}
            >
              {LANES[lane]}
            </button>
          ))}
        </fieldset>
        <input
          type="search"
          placeholder="Filter: peer.accept"
          aria-label="Filter events"
          value={text.value}
          onInput={({ currentTarget }) => {
            text.value = currentTarget.value;
          }}
        />
      </div>
      <Lanes entries={shown.value} moment={watch.moment.value} watch={watch} />
    </section>
  );
}

function filterEntries(
  entries: readonly TraceEntry[],
  shut: ReadonlySet<TraceLane>,
  text: string,
): readonly TraceEntry[] {
  const wanted = text.trim().toLowerCase();
  return entries.filter((entry) => {
    if (shut.has(entry.lane)) return false;
    return wanted === '' || JSON.stringify(entry).toLowerCase().includes(wanted);
  });
}

interface LanesProps {
  readonly entries: readonly TraceEntry[];
  readonly moment: Moment;
  readonly watch: SessionWatch;
}

function Lanes({ entries, moment, watch }: LanesProps) {
  const view = useRef<HTMLDivElement>(null);
  const isPresent = watch.cursor.value === undefined;
  useFollow(view, moment.offset, entries.length);
  return (
    <div class="lanes" ref={view}>
      <table>
        <caption class="sr">Events by lane</caption>
        <thead>
          <tr>
            <th scope="col" class="lane-time">
              time
            </th>
            {TRACE_LANES.map((lane) => (
              <th scope="col" key={lane} class="lane-cell">
                {LANES[lane]}
              </th>
            ))}
            <th scope="col" class="lane-event">
              event
            </th>
          </tr>
        </thead>
        <tbody>
          {entries.map((entry) => (
            <LaneRow
              key={entry.offset}
              entry={entry}
              isHere={entry.offset === moment.offset}
              isAhead={!isPresent && entry.offset > moment.offset}
              onChoose={watch.walkTo}
            />
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** Keeps the row that is looked at in view, without moving the page. */
function useFollow(view: { readonly current: HTMLElement | null }, offset: number, count: number): void {
  useEffect(() => {
    const row = view.current?.querySelector<HTMLElement>('.is-here');
    if (view.current === null || row === null || row === undefined || count === 0) return;
    const top = row.offsetTop - view.current.clientHeight / 2;
    view.current.scrollTo({ top });
  }, [view, offset, count]);
}
