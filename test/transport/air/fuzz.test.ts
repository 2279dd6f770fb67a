import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createAir } from '../../../src/transport/air/air.js';
import { HciEvent, Opcode } from '../../../src/transport/air/hci-codes.js';
import { turns } from '../../support/time.js';
import { createRawHost, linkHosts } from './raw-host.js';

/** Of a length that commands have, half of them for the link that is there. */
const parameters = fc
  .tuple(fc.constantFrom(0, 1, 2, 3, 4, 6, 7, 8, 14, 15, 18, 25, 28, 32), fc.boolean())
  .chain(([length, isForLink]) =>
    fc.uint8Array({ minLength: length, maxLength: length }).map((bytes) => {
      if (isForLink && length >= 2) bytes.set([0x40, 0]);
      return bytes;
    }),
  );

/** Whole commands of known and unknown opcodes, whole ACL packets for the first link, and anything at all. */
const packets = fc.oneof(
  fc
    .tuple(fc.oneof(fc.constantFrom(...Object.values(Opcode)), fc.nat(0xffff)), parameters)
    .map(([opcode, bytes]) => Buffer.from([1, opcode & 0xff, opcode >> 8, bytes.length, ...bytes])),
  fc
    .tuple(fc.nat(3), fc.uint8Array({ minLength: 1, maxLength: 40 }))
    .map(([boundary, payload]) => Buffer.from([2, 0x40, boundary << 4, payload.length, 0, ...payload])),
  fc.uint8Array({ maxLength: 20 }),
);

describe('a controller', () => {
  it('answers every whole command once, and survives every packet', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(packets, { minLength: 1, maxLength: 30 }), async (written) => {
        const air = createAir();
        const [hub, phone] = [air.createAdapter(), air.createAdapter()];
        const { central } = await linkHosts(hub, phone);
        const before = central.received.filter(isAnswer).length;
        for (const packet of written) central.write(packet);
        await turns();
        const commands = written.filter(([type, , , length], index) => {
          return type === 1 && length !== undefined && written[index]?.length === 4 + length;
        });
        expect(central.received.filter(isAnswer)).toHaveLength(before + commands.length);
        expect((await createRawHost(hub).command(Opcode.reset)).at(-1)).toBe(0);
        air.close();
      }),
      { numRuns: 200 },
    );
  });
});

function isAnswer(packet: Buffer): boolean {
  return packet[0] === 4 && (packet[1] === HciEvent.commandComplete || packet[1] === HciEvent.commandStatus);
}
