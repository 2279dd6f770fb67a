import { describe, expect, it } from 'vitest';
import { DisconnectReason } from '../../src/protocol/codes.js';
import { RESUME_WINDOW_MS } from '../../src/protocol/limits.js';
import { connectBetween, registerApp, registerAskedApp } from '../conformance/fixture.js';
import { createVirtualStage, pass, passPackets, passTime, sessionStates } from './stage.js';
import {
  arrivedSoFar,
  countOf,
  expectAcknowledgedOnce,
  expectAllOnce,
  expectNoDisconnect,
  settle,
  startTraffic,
} from './traffic.js';

/** Supervision of the links that noble opens. Source: src/transport/ble/central/noble-connect.ts. */
const SUPERVISION_MS = 2_000;

async function cutInTheMiddle() {
  const stage = await createVirtualStage();
  const apps = { caller: registerApp(stage.kitchen), asked: registerAskedApp(stage.phone) };
  const pair = await pass(stage, connectBetween(stage, apps.caller, apps.asked));
  const states = sessionStates(stage);
  const traffic = startTraffic(pair);
  await passPackets(stage, 500);
  stage.air.partition(stage.kitchen.adapter, stage.phone.adapter);
  return { stage, apps, pair, states, traffic };
}

describe('two devices out of range in the middle of a transfer', () => {
  it('for less than the supervision timeout: their session does not notice', async () => {
    const { stage, pair, states, traffic } = await cutInTheMiddle();
    await passTime(stage, 1);
    const soFar = arrivedSoFar(pair);
    expect(soFar).toBeLessThan(countOf(traffic));
    await passTime(stage, SUPERVISION_MS - 100);
    expect(arrivedSoFar(pair)).toBe(soFar);
    stage.air.heal(stage.kitchen.adapter, stage.phone.adapter);
    await pass(stage, settle(traffic));
    expectAllOnce(traffic);
    expect(states).toEqual({ kitchen: [], phone: [] });
  });

  it('for longer: their session is suspended and goes on', async () => {
    const { stage, pair, states, traffic } = await cutInTheMiddle();
    await passTime(stage, RESUME_WINDOW_MS / 2);
    expect(states).toEqual({ kitchen: ['suspended'], phone: ['suspended'] });
    stage.air.heal(stage.kitchen.adapter, stage.phone.adapter);
    await pass(stage, settle(traffic));
    expectAllOnce(traffic);
    expectNoDisconnect(pair);
    expect(states).toEqual({ kitchen: ['suspended', 'connected'], phone: ['suspended', 'connected'] });
  });

  it('for longer than the resume window: both apps are told NETWORK_DISCONNECTED, and connect again later', async () => {
    const { stage, apps, pair, traffic } = await cutInTheMiddle();
    await passTime(stage, SUPERVISION_MS + RESUME_WINDOW_MS);
    await pass(stage, settle(traffic));
    expectAcknowledgedOnce(traffic, 'sessionEnded');
    const reason = DisconnectReason.NETWORK_DISCONNECTED;
    for (const { heard, sessionId } of [pair.kitchen, pair.phone]) {
      expect(heard.disconnect.all).toEqual([{ sessionId, reason }]);
    }

    stage.air.heal(stage.kitchen.adapter, stage.phone.adapter);
    const next = await pass(stage, connectBetween(stage, apps.caller, apps.asked));
    const again = startTraffic(next);
    await pass(stage, settle(again));
    expectAllOnce(again);
  });
});
