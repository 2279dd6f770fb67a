/** Goodput on the instant air: one sendData of some MiB between two brokers, or as many packets as hold as much between raw stacks. */
import { answerParent } from '../harness/child.js';
import { type Figures, measure } from '../harness/contender.js';
import { createBleSpace, createBleStage } from './ble-stage.js';
import { createRawStacks } from './raw-stacks.js';
import { endsOf, sendAcross, type Way } from './ways.js';

export interface FloodParams {
  readonly who: 'brokers' | 'raw stacks';
  readonly way: Way;
}

const KB = 1_000;
const BYTES = 4_096 * 1_024;
const PACKET_BYTES = 244;

answerParent<FloodParams>(async ({ who, way }) => {
  const send = who === 'brokers' ? await startBrokers(way) : await startRawStacks(way);
  return { round: (): Promise<Figures> => measure(BYTES / KB, send) };
});

async function startBrokers(way: Way): Promise<() => Promise<void>> {
  const stage = await createBleStage({});
  return async () => {
    await sendAcross(endsOf(stage, way), BYTES, stage.clock.now);
  };
}

async function startRawStacks(way: Way): Promise<() => Promise<void>> {
  const stacks = await createRawStacks(await createBleSpace({}));
  return () => stacks.flood(way, Math.ceil(BYTES / PACKET_BYTES));
}
