/** Rows of docs/performance.md: what is measured, how much is enough, and what came out. */
import type { Figures } from './contender.js';

export interface Row {
  readonly group: 'session' | 'gateway' | 'ble' | 'hub' | 'start';
  readonly work: string;
  readonly beside: string;
  /** Which figure of the contenders is compared. */
  readonly figure: string;
  readonly unit: string;
  readonly better: 'more' | 'less';
  /** The floor and the aim: of the ratio to the peer or, without one, of the figure itself. Undefined: shown for comparison only. */
  readonly must?: number;
  readonly reach?: number;
}

/** A median with the extremes it came from. */
export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

export interface Result extends Row {
  readonly rounds: number;
  readonly ours: Spread;
  readonly peer?: Spread;
  /** Ours by the peer's, round by round. */
  readonly ratio?: Spread;
  readonly verdict: Verdict;
}

/** `met`: between the floor and the aim. */
export type Verdict = 'reached' | 'met' | 'missed' | 'shown';

/** The figures of both sides, in the order of the rounds. */
export interface Pairing {
  readonly ours: readonly Figures[];
  readonly peer: readonly Figures[];
}

export function judgeSeries(row: Row, series: Pairing): Result {
  const ours = series.ours.map((figures) => figureOf(row, figures));
  const peer = series.peer.map((figures) => figureOf(row, figures));
  const ratio = spreadOf(ours.map((value, round) => value / (peer[round] ?? Number.NaN)));
  return {
    ...row,
    rounds: ours.length,
    ours: spreadOf(ours),
    peer: spreadOf(peer),
    ratio,
    verdict: verdictOn(row, ratio.median),
  };
}

/** For figures that stand alone, as counts do. */
export function judgeAlone(row: Row, series: readonly Figures[]): Result {
  const ours = spreadOf(series.map((figures) => figureOf(row, figures)));
  return { ...row, rounds: series.length, ours, verdict: verdictOn(row, ours.median) };
}

export function spreadOf(values: readonly number[]): Spread {
  const sorted = [...values].sort((left, right) => left - right);
  const middle = (sorted.length - 1) / 2;
  const at = (place: number): number => sorted[place] ?? Number.NaN;
  return { median: (at(Math.floor(middle)) + at(Math.ceil(middle))) / 2, min: at(0), max: at(sorted.length - 1) };
}

function figureOf({ figure }: Row, figures: Figures): number {
  const value = figures[figure];
  if (value === undefined) throw new RangeError(`no figure "${figure}" was measured`);
  return value;
}

function verdictOn({ must, reach, better }: Row, value: number): Verdict {
  if (must === undefined) return 'shown';
  const isEnough = (wanted: number) => (better === 'more' ? value >= wanted : value <= wanted);
  if (reach !== undefined && isEnough(reach)) return 'reached';
  return isEnough(must) ? 'met' : 'missed';
}
