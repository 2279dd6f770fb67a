import { describe, expect, it } from 'vitest';
import { connectedPair } from '../conformance/fixture.js';
import { createVirtualStage, pass, passPackets, passTime, sessionStates } from './stage.js';
import { arrivedSoFar, countOf, expectAllOnce, expectNoDisconnect, settle, startTraffic } from './traffic.js';

describe('a host that reads nothing for 3 s in the middle of a transfer', () => {
  it.each(['kitchen', 'phone'] as const)('on the side of the %s costs time, and nothing else', async (stalled) => {
    const stage = await createVirtualStage();
    const pair = await pass(stage, connectedPair(stage));
    const states = sessionStates(stage);
    const traffic = startTraffic(pair);
    await passPackets(stage, 500);

    stage[stalled].adapter.setStalled(true);
    await passTime(stage, 500);
    const soFar = arrivedSoFar(pair);
    expect(soFar).toBeLessThan(countOf(traffic));
    await passTime(stage, 2_500);
    expect(arrivedSoFar(pair)).toEqual(soFar);
    stage[stalled].adapter.setStalled(false);

    await pass(stage, settle(traffic));
    expectAllOnce(traffic);
    expectNoDisconnect(pair);
    expect(states).toEqual({ kitchen: [], phone: [] });
  });
});
