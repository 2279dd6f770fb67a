/** Walks through the events of a session, back and forth; at its end it goes along with the present. */
import { formatTime } from '../parts/format.js';
import type { SessionWatch } from '../trace/session-watch.js';

export function Scrubber({ watch }: { readonly watch: SessionWatch }) {
  const { offset = 0, dropped = 0 } = watch.trace.value ?? {};
  const moment = watch.moment.value;
  const isPresent = watch.cursor.value === undefined;
  const place = `Event ${moment.offset} of ${offset}: ${moment.entry?.name ?? 'none'}`;
  const walk = (steps: number): void => watch.walkTo(Math.min(offset, Math.max(dropped + 1, moment.offset + steps)));
  return (
    <fieldset class="scrubber" aria-label="Walk through time">
      <Step name="One event back" sign="◀" isShut={moment.offset <= dropped + 1} onClick={() => walk(-1)} />
      <input
        type="range"
        aria-label="Event"
        min={dropped + 1}
        max={Math.max(offset, dropped + 1)}
        value={moment.offset}
        aria-valuetext={`${place}, session ${moment.charts.session?.state ?? 'not seen'}`}
        onInput={({ currentTarget }) => watch.walkTo(Number(currentTarget.value))}
      />
      <Step name="One event forward" sign="▶" isShut={moment.offset >= offset} onClick={() => walk(1)} />
      <output class="scrubber-place">
        {moment.offset} / {offset}
        {moment.entry !== undefined && <span class="quiet"> {formatTime(moment.entry.at)}</span>}
      </output>
      <button type="button" class="button" onClick={() => watch.walkTo(isPresent ? offset : undefined)}>
        {isPresent ? 'Pause' : 'Go live'}
      </button>
    </fieldset>
  );
}

interface StepProps {
  readonly name: string;
  readonly sign: string;
  readonly isShut: boolean;
  readonly onClick: () => void;
}

function Step({ name, sign, isShut, onClick }: StepProps) {
  return (
    <button type="button" class="button" aria-label={name} title={name} disabled={isShut} onClick={onClick}>
      {sign}
    </button>
  );
}
