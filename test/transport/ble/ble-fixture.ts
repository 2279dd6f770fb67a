/** A Bluetooth LE transport called 'here' over a radio that the test drives, on simulated time. */
import { onTestFinished } from 'vitest';
import { SimulatedClock } from 'xstate';
import { createBleTransport } from '../../../src/transport/ble/ble-transport.js';
import { createOwnPresence } from '../../../src/transport/ble/discovery/own-presence.js';
import { presenceOf } from '../../../src/transport/contract/stage.js';
import type { Sighting, Transport } from '../../../src/transport/transport.js';
import { createHandRadio, type HandRadio, type OtherDevice } from '../../support/hand-radio.js';
import { turns } from '../../support/time.js';

export interface BleFixture extends HandRadio {
  readonly transport: Transport;
  readonly clock: SimulatedClock;
  readonly lines: string[];
  /** Every list of sightings that was told, the first one included. */
  readonly told: (readonly Sighting[])[];
  /** The list told last. */
  sightings(): readonly Sighting[];
  /** Lets time pass in steps of a second, in each of which the device is heard. */
  hearFor(durationMs: number, device: OtherDevice, rssi?: number): Promise<void>;
  /** The device is heard and visited; it shows its card. */
  meet(device: OtherDevice): Promise<void>;
}

export const here = createOwnPresence(presenceOf('here'));

export function createBleFixture(halves: { hasCentral?: boolean; hasPeripheral?: boolean } = {}): BleFixture {
  const hand = createHandRadio(halves);
  const clock = new SimulatedClock();
  const lines: string[] = [];
  const told: (readonly Sighting[])[] = [];
  const transport = createBleTransport(hand.radio, { clock, log: (line) => lines.push(line) });
  transport.sightings$.subscribe((list) => told.push(list));
  transport.announce(presenceOf('here'));
  onTestFinished(() => transport.close());

  async function meet(device: OtherDevice): Promise<void> {
    hand.hear(device.heard());
    hand.visits.at(-1)?.succeed(device.card());
    await turns();
  }

  return {
    ...hand,
    transport,
    clock,
    lines,
    told,
    sightings: () => told.at(-1) ?? [],
    meet,
    async hearFor(durationMs, device, rssi = -60) {
      const heard = device.heard({ rssi });
      for (let passedMs = 0; passedMs < durationMs; passedMs += 1_000) {
        clock.increment(1_000);
        hand.hear(heard);
        await turns(1);
      }
    },
  };
}
