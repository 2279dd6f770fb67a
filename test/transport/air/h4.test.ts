import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  createH4Splitter,
  encodeVendor,
  H4Error,
  MAX_ADAPTER_NAME_BYTES,
  MAX_PACKET_BYTES,
  parseVendor,
  type VendorPacket,
} from '../../../src/transport/air/h4.js';

function hex(text: string): Uint8Array {
  return Uint8Array.from(Buffer.from(text.replaceAll(' ', ''), 'hex'));
}

/** The packets of a stream, and the error that ended it. */
function split(chunks: readonly Uint8Array[]): { readonly packets: readonly string[]; readonly error: unknown } {
  const packets: string[] = [];
  const push = createH4Splitter((packet) => packets.push(Buffer.from(packet).toString('hex')));
  try {
    for (const chunk of chunks) push(chunk);
    return { packets, error: undefined };
  } catch (error) {
    return { packets, error };
  }
}

/** Cuts bytes at places that are taken modulo what is left. */
function cut(bytes: Uint8Array, places: readonly number[]): Uint8Array[] {
  const chunks: Uint8Array[] = [];
  let rest = bytes;
  for (const place of places) {
    const at = place % (rest.length + 1);
    chunks.push(rest.subarray(0, at));
    rest = rest.subarray(at);
  }
  return [...chunks, rest];
}

const body = (maxLength: number): fc.Arbitrary<Uint8Array> => fc.uint8Array({ maxLength });
const twoBytes = fc.uint8Array({ minLength: 2, maxLength: 2 });
const packet: fc.Arbitrary<Uint8Array> = fc.oneof(
  fc.tuple(twoBytes, body(255)).map(([op, rest]) => Uint8Array.of(1, ...op, rest.length, ...rest)),
  fc
    .tuple(twoBytes, body(600))
    .map(([handle, rest]) => Uint8Array.of(2, ...handle, rest.length & 0xff, rest.length >> 8, ...rest)),
  fc.tuple(fc.nat(255), body(255)).map(([code, rest]) => Uint8Array.of(4, code, rest.length, ...rest)),
  body(600).map((rest) => Uint8Array.of(0xff, rest.length & 0xff, rest.length >> 8, ...rest)),
);

describe('the H4 splitter', () => {
  it.each([
    ['a command: Reset', '01 03 0c 00'],
    ['a command with parameters: LE Set Scan Enable', '01 0c 20 02 01 00'],
    ['ACL data: an ATT write command', '02 40 00 0a 00 06 00 04 00 52 03 00 01 02 03'],
    ['an event: Command Complete of Reset', '04 0e 04 01 03 0c 00'],
    ['an event without parameters', '04 57 00'],
    ['a packet of ours', 'ff 02 00 02 01'],
  ])('knows %s', (_, text) => {
    expect(split([hex(text)])).toEqual({ packets: [text.replaceAll(' ', '')], error: undefined });
  });

  it('gives the same packets whatever the chunks', () => {
    fc.assert(
      fc.property(fc.array(packet, { maxLength: 8 }), fc.array(fc.nat(), { maxLength: 20 }), (packets, places) => {
        const { packets: found, error } = split(cut(Buffer.concat(packets), places));
        expect(error).toBeUndefined();
        expect(found).toEqual(packets.map((one) => Buffer.from(one).toString('hex')));
      }),
    );
  });

  it('gives the same packets and the same error for any bytes, whatever the chunks', () => {
    const stray = fc.oneof(packet, body(8), fc.constantFrom(hex('03'), hex('05'), hex('00')));
    fc.assert(
      fc.property(fc.array(stray, { maxLength: 8 }), fc.array(fc.nat(), { maxLength: 20 }), (pieces, places) => {
        const bytes = Buffer.concat(pieces);
        const whole = split([bytes]);
        expect(whole.error ?? new H4Error()).toBeInstanceOf(H4Error);
        expect(split(cut(bytes, places))).toEqual(whole);
        expect(split(Array.from(bytes, (byte) => Uint8Array.of(byte)))).toEqual(whole);
      }),
    );
  });

  it('takes the longest packet that its length can say', () => {
    const longest = new Uint8Array(MAX_PACKET_BYTES);
    longest.set([2, 0x40, 0x00, 0xff, 0xff]);
    const { packets } = split([longest.subarray(0, 6), longest.subarray(6, 40_000), longest.subarray(40_000)]);
    expect(packets.map((text) => text.length / 2)).toEqual([65_540]);
  });

  it.each([
    ['synchronous data', '03', 'synchronous'],
    ['isochronous data', '05', 'isochronous'],
    ['a type that is not there', '07', 'no H4 packet begins with 7'],
  ])('refuses %s after the packets before it, and everything from then on', (_, stray, words) => {
    const found: number[] = [];
    const push = createH4Splitter(({ length }) => found.push(length));
    expect(() => push(hex(`01 03 0c 00 ${stray} 00 00 00`))).toThrow(words);
    expect(() => push(hex('01 03 0c 00'))).toThrow(H4Error);
    expect(found).toEqual([4]);
  });
});

describe('the packets of the air', () => {
  const golden: readonly (readonly [string, VendorPacket])[] = [
    ['ff06000170686f6e65', { type: 'name', name: 'phone' }],
    ['ff040001c3bc71', { type: 'name', name: 'üq' }],
    ['ff02000200', { type: 'power', power: 'off' }],
    ['ff02000201', { type: 'power', power: 'on' }],
    ['ff02000202', { type: 'power', power: 'gone' }],
  ];

  it.each(golden)('%s says %o, both ways', (text, said) => {
    expect(Buffer.from(encodeVendor(said)).toString('hex')).toBe(text);
    expect(parseVendor(hex(text))).toEqual(said);
    expect(split([hex(text)]).packets).toEqual([text]);
  });

  it('carry every name within bounds', () => {
    const name = fc.string({ unit: 'binary', minLength: 1, maxLength: MAX_ADAPTER_NAME_BYTES / 4 });
    fc.assert(
      fc.property(name, (text) => {
        expect(parseVendor(encodeVendor({ type: 'name', name: text }))).toEqual({ type: 'name', name: text });
      }),
    );
    const longest = { type: 'name', name: 'x'.repeat(MAX_ADAPTER_NAME_BYTES) } as const;
    expect(parseVendor(encodeVendor(longest))).toEqual(longest);
  });

  it.each([
    ['nothing', 'ff 00 00'],
    ['an operation of its own', 'ff 01 00 07'],
    ['a power that is not there', 'ff 02 00 02 03'],
    ['a power of two bytes', 'ff 03 00 02 01 01'],
    ['an empty name', 'ff 01 00 01'],
    ['a name that is not UTF-8', 'ff 02 00 01 ff'],
    ['a name beyond the bounds', `ff 42 00 01 ${'41'.repeat(65)}`],
  ])('are refused when they say %s', (_, text) => {
    expect(() => parseVendor(hex(text))).toThrow(H4Error);
  });

  it('are not made of a name that is empty or too long', () => {
    expect(() => encodeVendor({ type: 'name', name: '' })).toThrow(H4Error);
    expect(() => encodeVendor({ type: 'name', name: 'ü'.repeat(33) })).toThrow('not 66');
  });

  it('are read without a crash, whatever the bytes', () => {
    fc.assert(
      fc.property(body(100), (bytes) => {
        try {
          parseVendor(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(H4Error);
        }
      }),
    );
  });
});
