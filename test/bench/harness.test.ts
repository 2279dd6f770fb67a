import { describe, expect, it } from 'vitest';
import { compare } from '../../bench/harness/compare.js';
import { formatTable } from '../../bench/harness/report.js';
import { judgeAlone, judgeSeries, type Row, spreadOf } from '../../bench/harness/row.js';

const ROW: Row = {
  group: 'session',
  work: 'w',
  beside: 'b',
  figure: 'cost',
  unit: 'µs',
  better: 'less',
  must: 1.5,
  reach: 1,
};

describe('a contest', () => {
  it('lets the two begin in turn after a warm-up that does not count', async () => {
    const order: string[] = [];
    const contender = (name: string) => async () => ({
      round: async () => ({ cost: order.push(name) }),
      close: async () => {},
    });
    const { ours = [], peer = [] } = await compare({ ours: contender('ours'), peer: contender('peer') }, 2);
    const counted = order.slice(-4);
    expect(counted).toEqual(['ours', 'peer', 'peer', 'ours']);
    expect(order.length).toBeGreaterThan(counted.length);
    expect(ours.map(({ cost }) => order.length - Number(cost))).toEqual([3, 0]);
    expect(peer.map(({ cost }) => order.length - Number(cost))).toEqual([2, 1]);
  });
});

describe('a row', () => {
  const judge = (ours: number, peer: number) =>
    judgeSeries(ROW, { ours: [{ cost: ours }], peer: [{ cost: peer }] }).verdict;

  it('is reached at the aim, met at the floor, and missed beyond it', () => {
    expect([judge(2, 2), judge(3, 2), judge(3.1, 2)]).toEqual(['reached', 'met', 'missed']);
  });

  it('takes the median of the ratios of the rounds', () => {
    const costs = (...values: number[]) => values.map((cost) => ({ cost }));
    const { ratio } = judgeSeries(ROW, { ours: costs(10, 20, 90), peer: costs(10, 10, 10) });
    expect(ratio).toEqual({ median: 2, min: 1, max: 9 });
  });

  it('is judged by its own figure where there is no peer', () => {
    expect(judgeAlone({ ...ROW, better: 'more', must: 2, reach: 3 }, [{ cost: 2 }]).verdict).toBe('met');
  });

  it('refuses a figure that was not measured', () => {
    expect(() => judgeAlone({ ...ROW, figure: 'rate' }, [{ cost: 2 }])).toThrow('no figure "rate"');
  });
});

describe('the median', () => {
  it('lies between the middle two of an even number', () => {
    expect(spreadOf([4, 1, 2, 10])).toEqual({ median: 3, min: 1, max: 10 });
  });
});

describe('the table', () => {
  it('shows medians with their extremes, and the floor with the ratio', () => {
    const series = { ours: [{ cost: 1234 }, { cost: 2000 }], peer: [{ cost: 1000 }, { cost: 1000 }] };
    const table = formatTable([judgeSeries(ROW, series)]);
    expect(table).toContain('| 1,617 (1,234–2,000) µs |');
    expect(table).toContain('| 1.62 (1.23–2) × | ≤ 1.5 × | ≤ 1 × | missed  |');
  });
});
