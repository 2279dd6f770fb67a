/** How much of what an air can carry is payload: over time, and of the bytes that the hosts give it. */
import type { Figures } from '../harness/contender.js';
import { type AirSpeed, createBleStage, waitFor } from './ble-stage.js';
import { endsOf, sendAcross, type Way } from './ways.js';

const MIB = 1_024 * 1_024;
/** Packets per connection event and direction, as the air has it. */
const PACKETS_PER_EVENT = 6;
/** Bytes of ATT value that fill a link-layer packet of 251 bytes. */
const PACKET_BYTES = 244;

/** One sendData of 2 MiB in virtual time, in kB/s: `paper` is every packet of every connection event full. */
export async function measureGoodput(intervalMs: number, way: Way): Promise<{ ours: Figures; paper: Figures }> {
  const stage = await createBleStage({ intervalMs });
  const bytes = 2 * MIB;
  await stage.pass(waitFor(stage, 1_000));
  const startMs = stage.clock.now();
  const arrivedMs = await stage.pass(sendAcross(endsOf(stage, way), bytes, stage.clock.now));
  await stage.close();
  return {
    ours: { kBPerSecond: bytes / (arrivedMs - startMs) },
    paper: { kBPerSecond: (PACKETS_PER_EVENT * PACKET_BYTES) / intervalMs },
  };
}

/** Payload bytes by bytes of ATT values, of one sendData of 64 KiB; and what the other side says meanwhile. */
export async function measureEfficiency(mtu: number): Promise<Figures> {
  const speed: AirSpeed = { intervalMs: 7.5, mtu };
  const stage = await createBleStage(speed);
  const bytes = 64 * 1_024;
  await stage.pass(waitFor(stage, 1_000));
  const before = [stage.hub.counts, stage.device.counts] as const;
  await stage.pass(sendAcross(endsOf(stage, 'down'), bytes, stage.clock.now));
  const after = [stage.hub.counts, stage.device.counts] as const;
  await stage.close();
  const sentBytes = after[0].attBytes - before[0].attBytes;
  const pduBytes = after[0].attPduBytes - before[0].attPduBytes;
  return {
    share: bytes / sentBytes,
    pduShare: bytes / pduBytes,
    answerBytes: after[1].attBytes - before[1].attBytes,
  };
}
