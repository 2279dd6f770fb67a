/** One session in the list. */
import { memo } from 'preact/compat';
import type { SessionSummary } from '../../client/client.js';
import type { SessionBook } from '../live/session-book.js';
import { seconds } from '../parts/clock.js';
import { formatAge } from '../parts/format.js';
import { StateGlyph } from '../parts/state-glyph.js';

export interface SessionRowProps {
  readonly session: SessionSummary;
  readonly peerName: string;
  /** Whether it is a session of this page. */
  readonly isOwn: boolean;
  readonly isChosen: boolean;
  readonly position: number;
  readonly count: number;
  readonly top: number;
  readonly book: SessionBook;
  readonly onChoose: (sessionId: number) => void;
}

export const SessionRow = memo(function SessionRow(props: SessionRowProps) {
  const { session, peerName, isOwn, isChosen, position, count, top, book, onChoose } = props;
  const { sessionId, serviceName, state, app } = session;
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the list around it has the keys
    // biome-ignore lint/a11y/useFocusableInteractive: the list has the focus and names the active row
    <div
      id={`session-${sessionId}`}
      class={`row is-${state} ${isChosen ? 'is-chosen' : ''}`}
      role="option"
      aria-selected={isChosen}
      aria-posinset={position + 1}
      aria-setsize={count}
      style={{ transform: `translateY(${top}px)` }}
      onClick={() => onChoose(sessionId)}
    >
      <StateGlyph state={state} />
      <span class="row-title">
        {serviceName} <span class="row-id">{sessionId}</span>
      </span>
      <span class="row-state">{state}</span>
      <span class="row-peer">
        with {peerName}, {isOwn ? 'this page' : app.bundleName}
      </span>
      <Age session={session} book={book} />
    </div>
  );
});

/** On its own, so that the clock draws nothing else anew. */
function Age({ session, book }: Pick<SessionRowProps, 'session' | 'book'>) {
  const now = seconds.value;
  const changes = book.changesOf(session.sessionId, now);
  return (
    <span class="row-age" title="How long it is in this state; changes of state within the last minute">
      {changes > 0 && <span class="row-rate">{changes}/min</span>} {formatAge(now - session.since)}
    </span>
  );
}
