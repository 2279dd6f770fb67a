/** A measurement: one piece of work, and the rows it fills. */
import { compare, type Start, type Terms } from './compare.js';
import type { Figures } from './contender.js';
import { judgeAlone, judgeSeries, type Result, type Row } from './row.js';

export interface Measurement {
  readonly rows: readonly Row[];
  run(rounds: number): Promise<readonly Result[]>;
}

/** Ours and a peer, side by side. */
export interface Contest extends Terms {
  readonly ours: Start;
  readonly peer: Start;
}

export function besidePeer({ ours, peer, ...terms }: Contest, rows: readonly Row[]): Measurement {
  return besidePeers(ours, { peer: { start: peer, rows } }, terms);
}

/** Ours and several peers in one run, each with the rows that compare it with ours. */
export function besidePeers(
  ours: Start,
  peers: Readonly<Record<string, { readonly start: Start; readonly rows: readonly Row[] }>>,
  terms?: Terms,
): Measurement {
  const listed = Object.entries(peers);
  const sides = Object.fromEntries(listed.map(([name, { start }]) => [name, start]));
  return {
    rows: listed.flatMap(([, { rows }]) => rows),
    async run(rounds) {
      const series = await compare({ ours, ...sides }, rounds, terms);
      const figuresOf = (name: string) => series[name] ?? [];
      return listed.flatMap(([name, { rows }]) =>
        rows.map((row) => judgeSeries(row, { ours: figuresOf('ours'), peer: figuresOf(name) })),
      );
    },
  };
}

/** Where there is nothing to compare with. */
export function alone(round: () => Promise<Figures>, rows: readonly Row[]): Measurement {
  return {
    rows,
    async run(rounds) {
      const series: Figures[] = [];
      while (series.length < rounds) series.push(await round());
      return rows.map((row) => judgeAlone(row, series));
    },
  };
}

/** Beside what arithmetic allows, in virtual time: it comes out the same every time, so once is enough. */
export function besidePaper(
  measure: () => Promise<{ readonly ours: Figures; readonly paper: Figures }>,
  rows: readonly Row[],
): Measurement {
  return {
    rows,
    async run() {
      const { ours, paper } = await measure();
      return rows.map((row) => judgeSeries(row, { ours: [ours], peer: [paper] }));
    },
  };
}

/** A count is the same every time: once is enough. */
export function counted(count: () => Promise<number>, row: Omit<Row, 'figure' | 'better'>): Measurement {
  const full: Row = { ...row, figure: 'count', better: 'less' };
  return { rows: [full], run: async () => [judgeAlone(full, [{ count: await count() }])] };
}
