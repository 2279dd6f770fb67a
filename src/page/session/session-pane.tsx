/** Everything about one session: where it is, how it came there, what can happen next, and what it carries. */
import { useComputed } from '@preact/signals';
import { useEffect, useState } from 'preact/hooks';
import type { SessionSummary } from '../../client/client.js';
import type { MachineName } from '../../protocol/codes.js';
import { ChartCard } from '../charts/chart-card.js';
import type { Workbench } from '../live/workbench.js';
import { type SessionWatch, watchSession } from '../trace/session-watch.js';
import { Composer } from './composer.js';
import { Headline } from './headline.js';
import { Inspector } from './inspector.js';
import { PossibleNow } from './possible-now.js';
import { Scrubber } from './scrubber.js';
import { Timeline } from './timeline.js';

interface Props {
  readonly workbench: Workbench;
  readonly sessionId: number;
}

export function SessionPane({ workbench, sessionId }: Props) {
  const [watch, setWatch] = useState<SessionWatch>();
  useEffect(() => {
    const opened = watchSession(workbench.client, sessionId);
    setWatch(opened);
    workbench.charts.load().catch(() => {}); // what did not come shows beside the charts
    return () => opened.close();
  }, [workbench, sessionId]);
  if (watch === undefined) return null;
  if (watch.trouble.value !== '') return <Missing sessionId={sessionId} why={watch.trouble.value} />;
  if (watch.trace.value === undefined) return <p class="waiting">Looking at session {sessionId} …</p>;
  return <Watched workbench={workbench} watch={watch} sessionId={sessionId} />;
}

function Missing({ sessionId, why }: { readonly sessionId: number; readonly why: string }) {
  return (
    <div class="start">
      <h2>Session {sessionId}</h2>
      <p class="alert" role="alert">
        {why}
      </p>
      <p>
        <a href="#/">Make another session</a>
      </p>
    </div>
  );
}

type WatchedProps = Props & { readonly watch: SessionWatch };

function Watched({ workbench, watch, sessionId }: WatchedProps) {
  const session = useComputed(() => workbench.sessions.all.value.find((one) => one.sessionId === sessionId)).value;
  const summary = session ?? watch.trace.value?.session;
  const isOwn = summary !== undefined && workbench.ownApp.owns(summary);
  const isGone = session === undefined;
  useEffect(() => {
    if (isOwn) void workbench.ownApp.conversationOf(sessionId).listen();
  }, [isOwn, workbench, sessionId]);
  useEffect(() => {
    // What the list no longer has, the trace still knows; the last word on it is asked for.
    if (isGone) watch.refreshCounters().catch(() => {});
  }, [isGone, watch]);
  return summary === undefined ? null : <Panels workbench={workbench} watch={watch} session={summary} isOwn={isOwn} />;
}

interface PanelsProps {
  readonly workbench: Workbench;
  readonly watch: SessionWatch;
  readonly session: SessionSummary;
  readonly isOwn: boolean;
}

function Panels({ workbench, watch, session, isOwn }: PanelsProps) {
  const isPresent = watch.cursor.value === undefined;
  const moment = watch.moment.value;
  const both = { workbench, watch, session };
  return (
    <article class={`session ${isPresent ? '' : 'is-past'}`} aria-label={`Session ${session.sessionId}`}>
      <Headline {...both} />
      <ChartTrouble workbench={workbench} />
      <div class="session-columns">
        <div class="session-column">
          <WatchedChart {...both} name="session" />
          <div class="session-more">
            <WatchedChart {...both} name="peer" />
            <WatchedChart {...both} name="radio" />
          </div>
          <Timeline watch={watch} />
        </div>
        <div class="session-column">
          <Composer {...both} isOwn={isOwn} />
          <PossibleNow {...both} moment={moment} isDriven={isOwn && isPresent} isPresent={isPresent} />
          <Inspector {...both} />
        </div>
      </div>
      <Scrubber watch={watch} />
    </article>
  );
}

function ChartTrouble({ workbench }: Pick<PanelsProps, 'workbench'>) {
  const trouble = workbench.charts.trouble.value;
  return trouble === '' ? null : <p class="alert">{trouble}</p>;
}

function WatchedChart({ workbench, watch, name }: Omit<PanelsProps, 'isOwn'> & { readonly name: MachineName }) {
  const moment = watch.moment.value;
  return (
    <ChartCard
      title={name}
      chart={workbench.charts.charts.value[name]}
      moment={moment.charts[name]}
      pulse={moment.offset}
      skewMs={watch.skewMs.value}
      isPresent={watch.cursor.value === undefined}
    />
  );
}
