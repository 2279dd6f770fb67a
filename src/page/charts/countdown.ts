/** Timers of a chart that run now, and how much of them is left. */
import type { Chart, ChartEdge } from '../../protocol/chart.js';
import type { ChartMoment } from '../trace/replay.js';
import { ancestorsOf } from './possibilities.js';

export interface RunningTimer {
  readonly edge: ChartEdge;
  readonly name: string;
  /** Undefined where the length is another each time, or the beginning is not known. */
  readonly leftMs: number | undefined;
  /** From 1 down to 0. */
  readonly share: number | undefined;
}

/** `now` is the gateway's time of day, see `skew`. */
export function runningTimers(chart: Chart, moment: ChartMoment | undefined, now: number): readonly RunningTimer[] {
  if (moment === undefined) return [];
  const around = ancestorsOf(chart, moment.state);
  return chart.edges
    .filter(({ source, delay }) => delay !== undefined && around.includes(source))
    .map((edge) => {
      const { delay = '', delayMs } = edge;
      if (delayMs === undefined || moment.enteredAt === undefined) {
        return { edge, name: delay, leftMs: undefined, share: undefined };
      }
      const leftMs = Math.min(delayMs, Math.max(0, moment.enteredAt + delayMs - now));
      return { edge, name: delay, leftMs, share: leftMs / delayMs };
    });
}
