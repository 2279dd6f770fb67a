/** Everything about one session: where it is, how it came there, what can happen next, and what it carries. */
import { useComputed } from '@preact/signals';
import { useEffect, useState } from 'preact/hooks';
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

function Watched({ workbench, watch, sessionId }: Props & { readonly watch: SessionWatch }) {
  const { charts, trouble } = workbench.charts;
  const session = useComputed(() => workbench.sessions.all.value.find((one) => one.sessionId === sessionId)).value;
  const summary = session ?? watch.trace.value?.session;
  const moment = watch.moment.value;
  const isPresent = watch.cursor.value === undefined;
  const isOwn = summary !== undefined && workbench.ownApp.owns(summary);
  useEffect(() => {
    if (isOwn) void workbench.ownApp.conversationOf(sessionId).listen();
  }, [isOwn, workbench, sessionId]);
  const isGone = session === undefined;
  useEffect(() => {
    // What the list no longer has, the trace still knows; the last word on it is asked for.
    if (isGone) watch.refreshCounters().catch(() => {});
  }, [isGone, watch]);
  if (summary === undefined) return null;
  const isDriven = isOwn && isPresent;
  const card = (name: MachineName) => (
    <ChartCard
      title={name}
      chart={charts.value[name]}
      moment={moment.charts[name]}
      pulse={moment.offset}
      skewMs={watch.skewMs.value}
      isPresent={isPresent}
    />
  );
  return (
    <article class={`session ${isPresent ? '' : 'is-past'}`} aria-label={`Session ${sessionId}`}>
      <Headline workbench={workbench} watch={watch} session={summary} />
      {trouble.value !== '' && <p class="alert">{trouble.value}</p>}
      <div class="session-columns">
        <div class="session-column">
          {card('session')}
          <div class="session-more">
            {card('peer')}
            {card('radio')}
          </div>
          <Timeline watch={watch} />
        </div>
        <div class="session-column">
          <Composer workbench={workbench} watch={watch} session={summary} isOwn={isOwn} />
          <PossibleNow
            workbench={workbench}
            session={summary}
            moment={moment}
            isDriven={isDriven}
            isPresent={isPresent}
          />
          <Inspector watch={watch} session={summary} />
        </div>
      </div>
      <Scrubber watch={watch} />
    </article>
  );
}
