/** The sessions of the gateway, thousands of them if need be: only the rows in view exist. */
import { useComputed, useSignal } from '@preact/signals';
import { useLayoutEffect, useRef } from 'preact/hooks';
import type { Workbench } from '../live/workbench.js';
import { filterSessions } from './session-filter.js';
import { SessionRow } from './session-row.js';
import { rowsInView, scrollToShow } from './virtual-window.js';

/** As in list.css. */
const ROW_HEIGHT = 64;

export function SessionList({ workbench }: { readonly workbench: Workbench }) {
  const { sessions, route } = workbench;
  const text = useSignal('');
  const shown = useComputed(() => filterSessions(sessions.all.value, text.value));
  const total = sessions.all.value.length;
  return (
    <nav class="list" aria-label="Sessions">
      <div class="list-head">
        <input
          type="search"
          class="list-filter"
          placeholder="Filter: phone connected …"
          aria-label="Filter sessions"
          value={text.value}
          onInput={({ currentTarget }) => {
            text.value = currentTarget.value;
          }}
        />
        <a class="button" href="#/">
          New
        </a>
      </div>
      <p class="list-count" aria-live="polite">
        {text.value === '' ? countOf(total) : `${shown.value.length.toLocaleString('en')} of ${countOf(total)}`}
      </p>
      <Rows workbench={workbench} rows={shown.value} chosen={route.sessionId.value} onChoose={route.open} />
    </nav>
  );
}

function countOf(count: number): string {
  return `${count.toLocaleString('en')} ${count === 1 ? 'session' : 'sessions'}`;
}

interface RowsProps {
  readonly workbench: Workbench;
  readonly rows: ReturnType<typeof filterSessions>;
  readonly chosen: number | undefined;
  readonly onChoose: (sessionId: number) => void;
}

function Rows({ workbench, rows, chosen, onChoose }: RowsProps) {
  const view = useRef<HTMLDivElement>(null);
  const scrollTop = useSignal(0);
  const viewHeight = useSignal(600);
  useViewHeight(view, viewHeight);
  const { first, end } = rowsInView(scrollTop.value, viewHeight.value, ROW_HEIGHT, rows.length);

  function move(event: KeyboardEvent): void {
    const present = rows.findIndex(({ sessionId }) => sessionId === chosen);
    const next = rowAfterKey(event.key, present, rows.length, Math.floor(viewHeight.value / ROW_HEIGHT));
    const row = next === undefined ? undefined : rows[next];
    if (next === undefined || row === undefined) return;
    event.preventDefault();
    onChoose(row.sessionId);
    if (view.current !== null) {
      view.current.scrollTop = scrollToShow(next, view.current.scrollTop, view.current.clientHeight, ROW_HEIGHT);
    }
  }

  const isChosenThere = rows.slice(first, end).some(({ sessionId }) => sessionId === chosen);
  return (
    <div
      ref={view}
      class="list-view"
      role="listbox"
      aria-label="Sessions, newest first"
      tabIndex={0}
      aria-activedescendant={isChosenThere ? `session-${chosen}` : undefined}
      onKeyDown={move}
      onScroll={({ currentTarget }) => {
        scrollTop.value = currentTarget.scrollTop;
      }}
    >
      <div class="list-all" role="presentation" style={{ height: `${rows.length * ROW_HEIGHT}px` }}>
        {rows.slice(first, end).map((session, index) => (
          <SessionRow
            key={session.sessionId}
            session={session}
            peerName={session.peerDeviceName ?? session.peer.deviceId}
            isOwn={workbench.ownApp.owns(session)}
            isChosen={session.sessionId === chosen}
            position={first + index}
            count={rows.length}
            top={(first + index) * ROW_HEIGHT}
            book={workbench.sessions}
            onChoose={onChoose}
          />
        ))}
      </div>
    </div>
  );
}

function useViewHeight(view: { readonly current: HTMLElement | null }, height: { value: number }): void {
  useLayoutEffect(() => {
    if (view.current === null) return;
    const observer = new ResizeObserver(([entry]) => {
      height.value = entry?.contentRect.height ?? height.value;
    });
    observer.observe(view.current);
    return () => observer.disconnect();
  }, [view, height]);
}

/** Undefined for keys that move nothing. */
function rowAfterKey(key: string, present: number, count: number, page: number): number | undefined {
  const last = count - 1;
  const moves: Record<string, number> = {
    ArrowDown: Math.min(last, present + 1),
    ArrowUp: Math.max(0, present - 1),
    PageDown: Math.min(last, present + page),
    PageUp: Math.max(0, present - page),
    Home: 0,
    End: last,
  };
  return moves[key];
}
