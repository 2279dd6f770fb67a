/** The part of the transport contract about packets. */
import { filter, firstValueFrom } from 'rxjs';
import { describe, expect, it } from 'vitest';
import type { Link } from '../../src/transport/transport.js';
import { hex, nextValues, patternBytes, writeAll } from '../support/links.js';

/** `dial` makes a new link between the two devices, the dialling end first. */
export function describePackets(dial: () => Promise<[Link, Link]>): void {
  describe('packets', () => {
    it('arrive whole and in order, in both directions', async () => {
      const [dialled, accepted] = await dial();
      const lengths = Array.from({ length: 200 }, (_, turn) => 1 + ((turn * 37) % Math.min(dialled.packetBytes, 600)));
      const packets = lengths.map((length, turn) => patternBytes(length, turn));
      const arrived = Promise.all([nextValues(accepted.packets$, 200), nextValues(dialled.packets$, 200)]);
      await Promise.all([writeAll(dialled, packets), writeAll(accepted, packets)]);
      const [there, here] = await arrived;
      expect(there.map(hex)).toEqual(packets.map(hex));
      expect(here.map(hex)).toEqual(packets.map(hex));
    });

    it('may be as long as packetBytes, and not longer', async () => {
      const [dialled, accepted] = await dial();
      for (const [from, to] of [[dialled, accepted] as const, [accepted, dialled] as const]) {
        const arrived = firstValueFrom(to.packets$);
        expect(() => from.write(new Uint8Array(from.packetBytes + 1))).toThrow(RangeError);
        await writeAll(from, [patternBytes(from.packetBytes)]);
        expect(hex(await arrived)).toBe(hex(patternBytes(from.packetBytes)));
      }
    });

    it('are kept until someone reads them', async () => {
      const [dialled, accepted] = await dial();
      await writeAll(dialled, [Uint8Array.of(1), Uint8Array.of(2)]);
      await writeAll(accepted, [Uint8Array.of(3)]);
      await firstValueFrom(dialled.packets$); // whatever was written before this packet has arrived, too
      expect((await nextValues(accepted.packets$, 2)).map(hex)).toEqual(['01', '02']);
    });

    it('never arrive before the write has returned', async () => {
      const [dialled, accepted] = await dial();
      const arrived: Uint8Array[] = [];
      const subscription = accepted.packets$.subscribe((packet) => arrived.push(packet));
      dialled.write(Uint8Array.of(1));
      expect(arrived).toEqual([]);
      subscription.unsubscribe();
    });

    it('are refused when the radio has enough to do, and all that were taken arrive', async () => {
      const [dialled, accepted] = await dial();
      const arrived: number[] = [];
      accepted.packets$.subscribe((packet) =>
        arrived.push(new DataView(packet.buffer, packet.byteOffset).getUint32(0)),
      );
      const last = firstValueFrom(accepted.packets$.pipe(filter((packet) => packet.length < 20)));
      let taken = 0;
      while (taken < 100_000 && dialled.write(numbered(taken))) {
        taken += 1;
      }
      expect(taken).toBeGreaterThan(0);
      expect(taken).toBeLessThan(100_000);
      await firstValueFrom(dialled.writable$);
      await writeAll(dialled, [numbered(taken).subarray(0, 4)]);
      await last;
      expect(arrived).toEqual(Array.from({ length: taken + 1 }, (_, number) => number));
    });
  });
}

function numbered(number: number): Uint8Array {
  const packet = new Uint8Array(20);
  new DataView(packet.buffer).setUint32(0, number);
  return packet;
}
