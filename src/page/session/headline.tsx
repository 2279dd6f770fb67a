/** The session in one line, its diagnosis when it did not work, and what can be saved of it. */
import { useRef } from 'preact/hooks';
import type { SessionSummary } from '../../client/client.js';
import { ConnectErrorCode, DisconnectReason, SESSION_STATES } from '../../protocol/codes.js';
import { download, pngOf, svgText } from '../charts/export-picture.js';
import { nameOf as nameOfObstacle } from '../live/obstacle.js';
import type { Workbench } from '../live/workbench.js';
import { seconds } from '../parts/clock.js';
import { formatAge } from '../parts/format.js';
import { StateGlyph } from '../parts/state-glyph.js';
import { formatNdjson } from '../trace/ndjson.js';
import type { SessionWatch } from '../trace/session-watch.js';

interface Props {
  readonly workbench: Workbench;
  readonly watch: SessionWatch;
  readonly session: SessionSummary;
}

export function Headline({ workbench, watch, session }: Props) {
  const { sessionId, serviceName, peer, peerDeviceName, app, role } = session;
  return (
    <header class="headline">
      <a class="button is-quiet headline-back" href="#/">
        All sessions
      </a>
      <div class="headline-main">
        <StateLine session={session} watch={watch} />
        <h2>
          {serviceName} <span class="headline-id">session {sessionId}</span>
        </h2>
        <p class="headline-facts">
          {role ?? 'not asked yet'} · {app.bundleName} with {peer.bundleName} on{' '}
          <strong title={peer.deviceId}>{peerDeviceName ?? peer.deviceId}</strong> · <Since session={session} />
        </p>
      </div>
      <WatchBadge workbench={workbench} watch={watch} />
      <ExportMenu watch={watch} sessionId={sessionId} />
      <Diagnosis session={session} diagnosis={watch.trace.value?.diagnosis ?? session.diagnosis} />
    </header>
  );
}

/** The state that is looked at; the present one is announced when it changes. */
function StateLine({ session, watch }: Omit<Props, 'workbench'>) {
  const { sessionId, state } = session;
  const past = watch.cursor.value === undefined ? undefined : watch.moment.value.charts.session?.state;
  const shown = SESSION_STATES.find((one) => one === past) ?? state;
  return (
    <p class={`headline-state is-${shown}`} aria-live="polite">
      <StateGlyph state={shown} />
      <span class="sr">Session {sessionId}: </span>
      {shown}
      {past !== undefined && <span class="headline-now">then; now {state}</span>}
    </p>
  );
}

function Since({ session }: { readonly session: SessionSummary }) {
  return <>for {formatAge(seconds.value - session.since)}</>;
}

/** Live, paused in the past, or behind the gateway. */
function WatchBadge({ workbench, watch }: Pick<Props, 'workbench' | 'watch'>) {
  const cursor = watch.cursor.value;
  const obstacle = workbench.obstacle.value;
  if (obstacle !== undefined) return <Badge look="closed" word={nameOfObstacle(obstacle)} />;
  if (workbench.state.value.type !== 'connected') return <Badge look="waiting" word="Resyncing" />;
  if (cursor === undefined) return <Badge look="connected" word="Live" />;
  return (
    <>
      <Badge look="paused" word={`Paused at event ${cursor}`} />
      <button type="button" class="button" onClick={() => watch.walkTo(undefined)}>
        Back to live
      </button>
    </>
  );
}

function Badge({ look, word }: { readonly look: string; readonly word: string }) {
  return (
    <span class={`badge is-${look}`} role="status">
      <span class="badge-dot" aria-hidden="true" />
      {word}
    </span>
  );
}

/** Names of numbers in the reference's words. */
function nameOf(codes: Readonly<Record<string, number>>, code: number): string {
  return Object.entries(codes).find(([, value]) => value === code)?.[0] ?? String(code);
}

function Diagnosis({
  session,
  diagnosis,
}: {
  readonly session: SessionSummary;
  readonly diagnosis: string | undefined;
}) {
  const { state, errorCode, reason = '', disconnectReason } = session;
  if (state !== 'failed' && state !== 'rejected' && state !== 'disconnected') return null;
  return (
    <div class={`diagnosis is-${state}`} role="note">
      {diagnosis !== undefined && <p class="diagnosis-words">{diagnosis}</p>}
      {errorCode !== undefined && (
        <p>
          Error {errorCode}, <code>{nameOf(ConnectErrorCode, errorCode)}</code>
          {reason !== '' && <>: “{reason}”</>}
        </p>
      )}
      {disconnectReason !== undefined && (
        <p>
          Reason {disconnectReason}, <code>{nameOf(DisconnectReason, disconnectReason)}</code>
        </p>
      )}
    </div>
  );
}

function ExportMenu({ watch, sessionId }: { readonly watch: SessionWatch; readonly sessionId: number }) {
  const menu = useRef<HTMLDetailsElement>(null);

  function save(make: () => Promise<Blob> | Blob, fileName: string): void {
    if (menu.current !== null) menu.current.open = false;
    void Promise.resolve(make()).then((blob) => download(blob, fileName));
  }

  const name = `tandem-session-${sessionId}`;
  return (
    <details class="menu" ref={menu}>
      <summary class="button">Save</summary>
      <div class="menu-items">
        <button type="button" onClick={() => save(() => svgFile(drawing()), `${name}.svg`)}>
          Picture (SVG)
        </button>
        <button type="button" onClick={() => save(() => pngOf(drawing()), `${name}.png`)}>
          Picture (PNG)
        </button>
        <button type="button" onClick={() => save(() => traceFile(watch), `${name}.ndjson`)}>
          Trace (NDJSON)
        </button>
      </div>
    </details>
  );
}

function drawing(): SVGSVGElement {
  const found = document.getElementById('chart-session');
  if (!(found instanceof SVGSVGElement)) throw new Error('The chart has not come yet.');
  return found;
}

function svgFile(svg: SVGSVGElement): Blob {
  return new Blob([svgText(svg)], { type: 'image/svg+xml' });
}

function traceFile(watch: SessionWatch): Blob {
  const trace = watch.trace.value;
  return new Blob([trace === undefined ? '' : formatNdjson(trace)], { type: 'application/x-ndjson' });
}
