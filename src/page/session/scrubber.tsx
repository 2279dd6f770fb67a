/** Walks through the events of a session, back and forth; at its end it goes along with the present. */
import { formatTime } from '../parts/format.js';
import type { SessionWatch } from '../trace/session-watch.js';

export function Scrubber({ watch }: { readonly watch: SessionWatch }) {
  const { offset = 0, dropped = 0 } = watch.trace.value ?? {};
  const moment = watch.moment.value;
  const isPresent = watch.cursor.value === undefined;

  function walk(steps: number): void {
    watch.walkTo(Math.min(offset, Math.max(dropped + 1, moment.offset + steps)));
  }

  return (
    <fieldset class="scrubber" aria-label="Walk through time">
      <button type="button" class="button" aria-label="One event back" title="One event back" onClick={() => walk(-1)}>
        ◀
      </button>
      <input
        type="range"
        aria-label="Event"
        min={dropped + 1}
        max={Math.max(offset, dropped + 1)}
        value={moment.offset}
        aria-valuetext={`Event ${moment.offset} of ${offset}: ${moment.entry?.name ?? 'none'}, session ${moment.charts.session?.state ?? 'not seen'}`}
        onInput={({ currentTarget }) => watch.walkTo(Number(currentTarget.value))}
      />
      <button
        type="button"
        class="button"
        aria-label="One event forward"
        title="One event forward"
        disabled={moment.offset >= offset}
        onClick={() => walk(1)}
      >
        ▶
      </button>
      <output class="scrubber-place">
        {moment.offset} / {offset}
        {moment.entry !== undefined && <span class="quiet"> {formatTime(moment.entry.at)}</span>}
      </output>
      <button
        type="button"
        class="button"
        aria-pressed={isPresent}
        onClick={() => watch.walkTo(isPresent ? offset : undefined)}
      >
        {isPresent ? 'Pause' : 'Go live'}
      </button>
    </fieldset>
  );
}
