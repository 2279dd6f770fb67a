/** One chart with its name, its state and its timers; it follows the active state, or shows all of itself. */
import { useSignal } from '@preact/signals';
import { useLayoutEffect, useRef } from 'preact/hooks';
import type { Chart, ChartNode } from '../../protocol/chart.js';
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
  const isWhole = useSignal(false);
  return (
    <section class={`card chart-card is-${title}`} aria-label={`Chart of the ${title}`}>
      <header class="chart-head">
        <h3>{title}</h3>
        <span class="chart-state">{moment?.state ?? 'not seen yet'}</span>
        <button
          type="button"
          class="button is-quiet chart-fit"
          aria-pressed={isWhole.value}
          onClick={() => {
            isWhole.value = !isWhole.value;
          }}
        >
          Whole chart
        </button>
      </header>
      {isPresent && chart !== undefined && <TimersView chart={chart} moment={moment} skewMs={skewMs} />}
      {chart === undefined ? (
        <p class="quiet">Loading …</p>
      ) : (
        <Pane title={title} chart={chart} moment={moment} pulse={pulse} isWhole={isWhole.value} />
      )}
    </section>
  );
}

type PaneProps = Pick<Props, 'title' | 'moment' | 'pulse'> & { readonly chart: Chart; readonly isWhole: boolean };

function Pane({ title, chart, moment, pulse, isWhole }: PaneProps) {
  const pane = useRef<HTMLElement>(null);
  const state = moment?.state;
  useLayoutEffect(() => {
    const node = chart.nodes.find(({ id }) => id === state);
    if (pane.current === null || node === undefined || isWhole) return;
    const place = pane.current;
    // Also when the pane changes its size, of which the first time is now.
    const observer = new ResizeObserver(() => showNode(place, node));
    observer.observe(place);
    return () => observer.disconnect();
  }, [chart, state, isWhole]);
  return (
    <section
      ref={pane}
      class={`chart-pane ${isWhole ? 'is-whole' : ''}`}
      aria-label={`Drawing of the ${title}`}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and the keyboard has to scroll it, too
      tabIndex={0}
    >
      <ChartView chart={chart} moment={moment} pulse={pulse} />
    </section>
  );
}

function showNode(pane: HTMLElement, { x, y, width, height }: ChartNode): void {
  pane.scrollTo({ left: x + (width - pane.clientWidth) / 2, top: y + (height - pane.clientHeight) / 2 });
}
