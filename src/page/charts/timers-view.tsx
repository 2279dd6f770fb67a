/** The timers that run now, counting down. */
import type { Chart } from '../../protocol/chart.js';
import { tenths } from '../parts/clock.js';
import { toWords } from '../parts/format.js';
import type { ChartMoment } from '../trace/replay.js';
import { runningTimers } from './countdown.js';

interface Props {
  readonly chart: Chart;
  readonly moment: ChartMoment | undefined;
  /** What to add to this browser's time of day to get the gateway's, in milliseconds. */
  readonly skewMs: number;
}

/** Looks at the clock only while there is something to count. */
export function TimersView(props: Props) {
  if (runningTimers(props.chart, props.moment, 0).length === 0) return null;
  return <Counting {...props} />;
}

function Counting({ chart, moment, skewMs }: Props) {
  return (
    <ul class="timers" aria-label={`Timers of the ${chart.machine}`}>
      {runningTimers(chart, moment, tenths.value + skewMs).map(({ edge, name, leftMs, share }) => (
        <li key={edge.id} class="timer">
          <span class="timer-name">
            {toWords(name)} → {edge.target}
          </span>
          <span class="timer-left">{leftMs === undefined ? 'running' : `${(leftMs / 1_000).toFixed(1)} s`}</span>
          {share !== undefined && <progress max={1} value={share} aria-label={`${toWords(name)}, time left`} />}
        </li>
      ))}
    </ul>
  );
}
