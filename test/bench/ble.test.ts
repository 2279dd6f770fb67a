import { describe, expect, it } from 'vitest';
import { measureEfficiency, measureGoodput } from '../../bench/ble/goodput.js';
import { measureHub } from '../../bench/ble/hub.js';
import { measureLatency, measureLoneText } from '../../bench/ble/latency.js';

/** What an interval of 7.5 ms carries at most, in kB/s. */
const PAPER_KB_PER_SECOND = (6 * 244) / 7.5;

describe('data over noble and bleno, in virtual time', () => {
  it.each(['down', 'up'] as const)('fills at least 97 % of what the air carries on paper, %s', async (way) => {
    const { ours, paper } = await measureGoodput(7.5, way);
    expect(paper['kBPerSecond']).toBe(PAPER_KB_PER_SECOND);
    expect(Number(ours['kBPerSecond']) / PAPER_KB_PER_SECOND).toBeGreaterThan(0.97);
    expect(Number(ours['kBPerSecond']) / PAPER_KB_PER_SECOND).toBeLessThan(1);
  });

  it.each([
    [247, 0.97],
    [185, 0.96],
    [23, 0.79],
  ])('with an MTU of %i is more than %f of what ATT is given, and asks for next to no answer', async (mtu, share) => {
    const figures = await measureEfficiency(mtu);
    expect(figures['share']).toBeGreaterThan(share);
    expect(figures['share']).toBeLessThan(1);
    expect(figures['answerBytes']).toBeLessThan(1_000);
  });

  it('goes to one of nine linked devices as fast as to an only one', async () => {
    const [alone, amongNine] = [await measureHub(1, 1, 'down'), await measureHub(9, 1, 'down')];
    expect(Number(amongNine['kBPerSecond']) / Number(alone['kBPerSecond'])).toBeGreaterThan(0.99);
  });

  it.each(['down', 'up'] as const)('to or from three devices at once is shared fairly, %s', async (way) => {
    expect((await measureHub(3, 3, way))['slowestShare']).toBeGreaterThan(0.98);
  });
});

describe('a text over noble and bleno, in virtual time', () => {
  it('of 1 KB leaves whole in the next connection event', async () => {
    expect(await measureLoneText(7.5)).toEqual({ intervals: 0 });
  });

  it('of 200 bytes takes at most twice as long while data fills the air', async () => {
    const { ours, paper } = await measureLatency(200);
    expect(Number(ours['answerP99Ms']) / Number(paper['answerP99Ms'])).toBeLessThanOrEqual(2);
  });
});
