/** One event of the timeline: a mark in its lane, its shape by kind, and what it says. */
import { memo } from 'preact/compat';
import type { TraceEntry } from '../../client/client.js';
import { TRACE_LANES } from '../../protocol/codes.js';
import { formatTime } from '../parts/format.js';
import type { TraceKind } from '../trace/trace-types.js';

interface Props {
  readonly entry: TraceEntry;
  /** The eye is here. */
  readonly isHere: boolean;
  /** It has not happened yet, seen from where the eye is. */
  readonly isAhead: boolean;
  readonly onChoose: (offset: number) => void;
}

/** Drawn on 12 by 12. */
const MARKS: Record<TraceKind, string> = {
  call: 'M2 2l8 4-8 4Z',
  result: 'M10 2L2 6l8 4Z',
  event: 'M6 1.5L10.5 6 6 10.5 1.5 6Z',
  state: 'M2 2h8v8H2Z',
  frame: 'M1 6h10M8 3l3 3-3 3',
};

export const LaneRow = memo(function LaneRow({ entry, isHere, isAhead, onChoose }: Props) {
  const { offset, at, lane, kind, name } = entry;
  return (
    <tr class={`lane-row is-${lane} ${isHere ? 'is-here' : ''} ${isAhead ? 'is-ahead' : ''}`}>
      <td class="lane-time">{formatTime(at)}</td>
      {TRACE_LANES.map((one) => (
        <td key={one} class="lane-cell">
          {one === lane && (
            <svg class={`lane-mark is-${kind}`} viewBox="0 0 12 12" role="img" aria-label={`${kind} in ${lane}`}>
              <path d={MARKS[kind]} />
            </svg>
          )}
        </td>
      ))}
      <td class="lane-event">
        <button type="button" aria-current={isHere ? 'step' : undefined} onClick={() => onChoose(offset)}>
          <span class="lane-name">{titleOf(entry)}</span> <span class="lane-words">{wordsOf(entry, name)}</span>
        </button>
      </td>
    </tr>
  );
});

/** The session's own events go by their name alone. */
function titleOf({ name, machine, lane, kind }: TraceEntry): string {
  if (machine === 'session' || lane === 'client' || kind === 'frame') return name;
  return `${machine ?? lane}: ${name}`;
}

function wordsOf({ from, to, detail = {} }: TraceEntry, name: string): string {
  const way = to === undefined ? '' : from === undefined ? `in ${to}` : `${from} → ${to}`;
  const facts = Object.entries(detail).map(([key, fact]) => (key === 'direction' ? String(fact) : `${key} ${fact}`));
  return [way, ...facts].filter((part) => part !== '' && part !== name).join(' · ');
}
