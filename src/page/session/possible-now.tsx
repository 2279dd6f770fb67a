/** What can happen next and by whose doing, with buttons for what is this page's to do; and what cannot, with the reason. */
import type { SessionSummary } from '../../client/client.js';
import type { Cause, Possibility } from '../charts/possibilities.js';
import { possibilitiesOf } from '../charts/possibilities.js';
import type { OwnApp } from '../live/own-app.js';
import type { Workbench } from '../live/workbench.js';
import type { Moment } from '../trace/replay.js';

interface Props {
  readonly workbench: Workbench;
  readonly session: SessionSummary;
  readonly moment: Moment;
  /** It is this page's session, and the present. */
  readonly isDriven: boolean;
  readonly isPresent: boolean;
}

/** The events that this page may cause. Accepting takes an offer, which only the asked app has. */
const COMMANDS = {
  connect: { word: 'Connect', run: (app: OwnApp, id: number) => app.connect(id) },
  disconnect: { word: 'Disconnect', run: (app: OwnApp, id: number) => app.disconnect(id) },
  destroy: { word: 'Destroy', run: (app: OwnApp, id: number) => app.destroy(id) },
} as const;

const CAUSES: Record<Cause, string> = {
  app: 'app',
  peer: 'peer',
  link: 'link',
  radio: 'radio',
  time: 'timer',
  inside: 'inside',
};

export function PossibleNow({ workbench, session, moment, isDriven, isPresent }: Props) {
  const chart = workbench.charts.charts.value.session;
  const { ownApp } = workbench;
  if (chart === undefined) return null;
  const all = possibilitiesOf(chart, moment.charts.session?.state ?? session.state);
  const possible = all.filter(({ isPossible }) => isPossible);
  const events = new Set(possible.map(({ edge }) => edge.event));
  return (
    <section class="card possible" aria-label="What can happen next">
      <h3>{isPresent ? 'What can happen next' : 'What could happen then'}</h3>
      <fieldset class="commands" aria-label="Events of this page">
        {Object.entries(COMMANDS).map(([event, { word, run }]) => (
          <button
            key={event}
            type="button"
            class={`button ${event === 'connect' ? 'is-main' : ''}`}
            disabled={!isDriven || !events.has(event)}
            onClick={() => void run(ownApp, session.sessionId)}
          >
            {word}
          </button>
        ))}
      </fieldset>
      <p class="hint">{whyNot(isDriven, isPresent, session)}</p>
      {ownApp.trouble.value !== '' && (
        <p class="alert" role="alert">
          {ownApp.trouble.value}
        </p>
      )}
      {possible.length === 0 ? <p class="quiet">Nothing: this state is final.</p> : <Edges rows={possible} />}
      <details class="more">
        <summary>Not from here ({all.length - possible.length})</summary>
        <Edges rows={all.filter(({ isPossible }) => !isPossible)} />
      </details>
    </section>
  );
}

function whyNot(isDriven: boolean, isPresent: boolean, { app, state }: SessionSummary): string {
  if (!isPresent) return 'You are looking at the past: go back to live to act.';
  if (!isDriven) return `Only its own app, ${app.bundleName}, can drive this session.`;
  return state === 'destroyed' ? 'The session is gone.' : 'Buttons are lit where the chart allows the event now.';
}

function Edges({ rows }: { readonly rows: readonly Possibility[] }) {
  return (
    <ul class="edges">
      {rows.map(({ edge, cause, isPossible, why }) => (
        <li key={edge.id} class={isPossible ? 'edge' : 'edge is-shut'}>
          <span class={`cause is-${cause}`}>{CAUSES[cause]}</span>
          <span class="edge-event">{edge.label}</span>
          <span class="edge-target">{edge.isInternal ? 'stays' : `→ ${edge.target}`}</span>
          <span class="edge-why">{why}</span>
        </li>
      ))}
    </ul>
  );
}
