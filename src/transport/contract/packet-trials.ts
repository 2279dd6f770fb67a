/** The part of the transport contract about packets. */
import { deepEqual, equal, ok, throws } from 'node:assert/strict';
import { filter, firstValueFrom } from 'rxjs';
import { expected, hex, nextValues, patternBytes, type Trials, writeAll } from './stage.js';

/** More than any radio holds: a link that takes so many has no end of memory. */
const MANY_PACKETS = 100_000;

export const PACKET_TRIALS: Trials = {
  'arrive whole and in order, in both directions': async ({ dial }) => {
    const [dialled, accepted] = await dial();
    const longest = Math.min(dialled.packetBytes, accepted.packetBytes, 600);
    const packets = Array.from({ length: 200 }, (_, turn) => patternBytes(1 + ((turn * 37) % longest), turn));
    const arrived = expected(Promise.all([nextValues(accepted.packets$, 200), nextValues(dialled.packets$, 200)]));
    await Promise.all([writeAll(dialled, packets), writeAll(accepted, packets)]);
    const [there, here] = await arrived;
    deepEqual(there.map(hex), packets.map(hex));
    deepEqual(here.map(hex), packets.map(hex));
  },

  'may be as long as packetBytes, and not longer': async ({ dial }) => {
    const [dialled, accepted] = await dial();
    for (const [from, to] of [[dialled, accepted] as const, [accepted, dialled] as const]) {
      const arrived = expected(firstValueFrom(to.packets$));
      throws(() => from.write(new Uint8Array(from.packetBytes + 1)), RangeError);
      await writeAll(from, [patternBytes(from.packetBytes)]);
      equal(hex(await arrived), hex(patternBytes(from.packetBytes)));
    }
  },

  'are kept until someone reads them': async ({ dial }) => {
    const [dialled, accepted] = await dial();
    await writeAll(dialled, [Uint8Array.of(1), Uint8Array.of(2)]);
    await writeAll(accepted, [Uint8Array.of(3)]);
    await firstValueFrom(dialled.packets$); // whatever was written before this packet has arrived, too
    deepEqual((await nextValues(accepted.packets$, 2)).map(hex), ['01', '02']);
  },

  'never arrive before the write has returned': async ({ dial }) => {
    const [dialled, accepted] = await dial();
    const arrived: Uint8Array[] = [];
    const subscription = accepted.packets$.subscribe((packet) => arrived.push(packet));
    dialled.write(Uint8Array.of(1));
    deepEqual(arrived, []);
    subscription.unsubscribe();
  },

  'are refused when the radio has enough to do, and all that were taken arrive': async ({ dial }) => {
    const [dialled, accepted] = await dial();
    const arrived: string[] = [];
    const subscription = accepted.packets$.subscribe((packet) => arrived.push(hex(packet.subarray(0, 4))));
    const last = expected(firstValueFrom(accepted.packets$.pipe(filter(({ length }) => length < NUMBERED_BYTES))));
    let taken = 0;
    while (taken < MANY_PACKETS && dialled.write(numbered(taken))) taken += 1;
    ok(taken > 0, 'it takes no packet at all');
    ok(taken < MANY_PACKETS, 'it takes whatever comes');
    await firstValueFrom(dialled.writable$);
    await writeAll(dialled, [numbered(taken).subarray(0, 4)]);
    await last;
    subscription.unsubscribe();
    const sent = Array.from({ length: taken + 1 }, (_, number) => hex(numbered(number).subarray(0, 4)));
    deepEqual(arrived, sent);
  },
};

const NUMBERED_BYTES = 20;

function numbered(number: number): Uint8Array {
  const packet = new Uint8Array(NUMBERED_BYTES);
  new DataView(packet.buffer).setUint32(0, number);
  return packet;
}
