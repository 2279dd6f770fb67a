/** One chart with its name, its state and its timers. */
import type { Chart } from '../../protocol/chart.js';
import type { ChartMoment } from '../trace/replay.js';
import { ChartView } from './chart-view.js';
import { TimersView } from './timers-view.js';

interface Props {
  readonly title: string;
  readonly chart: Chart | undefined;
  readonly moment: ChartMoment | undefined;
  readonly pulse: number;
  readonly skewMs: number;
  /** Timers run in the present only. */
  readonly isPresent: boolean;
}

export function ChartCard({ title, chart, moment, pulse, skewMs, isPresent }: Props) {
  return (
    <section class={`card chart-card is-${title}`} aria-label={`Chart of the ${title}`}>
      <header class="chart-head">
        <h3>{title}</h3>
        <span class="chart-state">{moment?.state ?? 'not seen yet'}</span>
      </header>
      {isPresent && chart !== undefined && <TimersView chart={chart} moment={moment} skewMs={skewMs} />}
      {chart === undefined ? (
        <p class="quiet">Loading …</p>
      ) : (
        // A chart may be wider than its place: the keyboard scrolls it, too.
        // biome-ignore lint/a11y/noNoninteractiveTabindex: see above
        <div class="chart-scroll" tabIndex={0} role="group" aria-label={`Drawing of the ${title}`}>
          <ChartView chart={chart} moment={moment} pulse={pulse} />
        </div>
      )}
    </section>
  );
}
