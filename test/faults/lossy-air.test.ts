import { describe, expect, it } from 'vitest';
import type { Air } from '../../src/transport/air/air.js';
import { PacketType } from '../../src/transport/air/hci-codes.js';
import { connectedPair } from '../conformance/fixture.js';
import { Att } from '../support/rogue-central.js';
import { createVirtualStage, pass, sessionStates } from './stage.js';
import { expectAllOnce, settle, startTraffic } from './traffic.js';

describe('an air that loses 5 % of the packets and delays all of them by 0 to 30 ms', () => {
  it.each([1, 2, 3])('carries texts and data both ways, each once and in order (seed %i)', async (seed) => {
    const stage = await createVirtualStage({ seed });
    stage.air.setFaults({ loss: 0.05, delayMs: [0, 30] });
    const pair = await pass(stage, connectedPair(stage));
    const states = sessionStates(stage);
    const lost = countLost(stage.air);
    const traffic = startTraffic(pair);
    await pass(stage, settle(traffic));
    expectAllOnce(traffic);
    expect(lost()).toBeGreaterThan(50);
    expect(states).toEqual({ kitchen: [], phone: [] });
  });
});

/** Write commands and notifications that hosts wrote and no host got, from now on. */
function countLost(air: Air): () => number {
  let lost = 0;
  air.trace$.subscribe(({ isFromHost, packet }) => {
    const [type, , , , , , , , , opcode] = packet;
    const isUnacknowledged = opcode === Att.writeCommand || opcode === Att.notification;
    if (type === PacketType.acl && isUnacknowledged) lost += isFromHost ? 1 : -1;
  });
  return () => lost;
}
