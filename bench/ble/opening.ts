/** How long it takes until devices are connected, and connected again. */
import { filter, firstValueFrom } from 'rxjs';
import type { Figures } from '../harness/contender.js';
import { createUnlinkedStage } from '../session/stage.js';
import { type AirSpeed, createBleSpace, createBleStage, transportsOf, waitFor } from './ble-stage.js';

/** Rounds begin at different moments of the advertising interval. */
const PHASE_MS = 37;
const PARTITION_MS = 5_000;

/** From the call of `connect`: to a device that was met and has no link, and to one that has. */
export function connecting(speed: AirSpeed): () => Promise<Figures> {
  let round = 0;
  return async () => {
    round += 1;
    const space = await createBleSpace(speed);
    const { clock, pass } = space;
    const { air } = transportsOf(space);
    const stage = await pass(createUnlinkedStage({ isSealed: true, clock, air }));
    const open = async (): Promise<number> => {
      const startMs = clock.now();
      const { connected, answererId } = stage.beginPair();
      await pass(connected);
      const tookMs = clock.now() - startMs;
      await pass(answererId);
      return tookMs;
    };
    // Lets the visit in which the two met come to its end.
    await pass(waitFor(space, 300 + round * PHASE_MS));
    const coldMs = await open();
    await pass(waitFor(space, 100));
    const liveMs = await open();
    await pass(stage.close());
    space.air.close();
    return { coldMs, liveMs };
  };
}

/** A partition of five seconds with a text on its way, and what passes after its end until the text arrives, step by step. */
export function resuming(intervalMs: number): () => Promise<Figures> {
  let round = 0;
  return async () => {
    round += 1;
    const stage = await createBleStage({ intervalMs });
    const { air, clock, pass, hub, device, caller, answerer, pair } = stage;
    await pass(waitFor(stage, 1_000));
    const arrived = new Promise<number>((resolve) => {
      answerer.abilityConnectionManager.on('receiveMessage', pair.answererId, () => resolve(clock.now()));
    });
    const events$ = air.trace$.pipe(filter(({ adapter }) => adapter === hub));
    const cutMs = clock.now();
    air.partition(hub, device);
    const sending = caller.abilityConnectionManager.sendMessage(pair.callerId, 'on its way');
    const lost = await pass(firstValueFrom(events$.pipe(filter(({ packet }) => isDisconnected(packet)))));
    await pass(waitFor(stage, PARTITION_MS - (clock.now() - cutMs) + round * PHASE_MS));
    const healMs = clock.now();
    air.heal(hub, device);
    const linked = firstValueFrom(events$.pipe(filter(({ packet }) => isConnected(packet))));
    const secured = firstValueFrom(events$.pipe(filter(({ packet }) => isWriteCommand(packet))));
    const [{ atMs: linkedMs }, { atMs: openMs }, arrivedMs] = await pass(Promise.all([linked, secured, arrived]));
    await pass(sending);
    await stage.close();
    return {
      noticedMs: lost.atMs - cutMs,
      resumedMs: arrivedMs - healMs,
      dialMs: linkedMs - healMs,
      gattMs: openMs - linkedMs,
      handshakeMs: arrivedMs - openMs,
    };
  };
}

/** Disconnection Complete. Source of all three: Core Specification, volume 4, part E, sections 7.7.5 and 7.7.65.1; part F of volume 3, 3.4.5.3. */
function isDisconnected(packet: Uint8Array): boolean {
  return packet[0] === 0x04 && packet[1] === 0x05;
}

/** LE Connection Complete. */
function isConnected(packet: Uint8Array): boolean {
  return packet[0] === 0x04 && packet[1] === 0x3e && packet[3] === 0x01;
}

/** The first one begins the handshake. */
function isWriteCommand(packet: Uint8Array): boolean {
  return packet[0] === 0x02 && packet[9] === 0x52;
}
