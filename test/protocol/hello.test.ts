import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeHello, encodeHello, type Hello, HelloError } from '../../src/protocol/hello.js';
import { damaged } from './arbitrary.js';
import { fromHex, type Refused, readVectors, toHex } from './vectors.js';

interface HelloVectors {
  readonly hellos: readonly { readonly name: string; readonly hex: string; readonly hello: Hello }[];
  readonly refused: readonly Refused[];
}

const vectors = readVectors<HelloVectors>('hello');
const kitchen: Hello = { versions: { min: 1, max: 2 }, deviceId: 'kitchen', deviceName: 'Küche', epoch: 'today' };

describe('the hello', () => {
  it.each(vectors.hellos)('is written as in the vector $name', ({ hex, hello }) => {
    expect(toHex(encodeHello(hello))).toBe(hex);
  });

  it.each(vectors.hellos)('is read as in the vector $name', ({ hex, hello }) => {
    expect(decodeHello(fromHex(hex))).toEqual(hello);
  });

  it.each(vectors.refused)('is refused: $name', ({ hex }) => {
    expect(() => decodeHello(fromHex(hex))).toThrow(HelloError);
  });

  it('reads back as it was written', () => {
    const text = (minLength: number) => fc.string({ unit: 'binary', minLength, maxLength: 16 });
    const version = fc.integer({ min: 1, max: 9 });
    const versions = fc.tuple(version, version).map(([a, b]) => ({ min: Math.min(a, b), max: Math.max(a, b) }));
    const hellos = fc.record({ versions, deviceId: text(1), deviceName: text(0), epoch: text(1) });
    fc.assert(
      fc.property(hellos, (hello) => {
        expect(decodeHello(encodeHello(hello))).toEqual(hello);
      }),
    );
  });

  it('is not written when no other side would take it', () => {
    expect(() => encodeHello({ ...kitchen, deviceId: '' })).toThrow(RangeError);
    expect(() => encodeHello({ ...kitchen, deviceName: 'é'.repeat(125) })).toThrow(RangeError);
    expect(() => encodeHello({ ...kitchen, versions: { min: 2, max: 1 } })).toThrow(RangeError);
  });

  it('never crashes its reader, whatever the bytes', () => {
    const bytes = fc.oneof(fc.uint8Array({ maxLength: 200 }), damaged(fc.constant(encodeHello(kitchen))));
    fc.assert(
      fc.property(bytes, (some) => {
        try {
          decodeHello(some);
        } catch (error) {
          expect(error).toBeInstanceOf(HelloError);
        }
      }),
      { numRuns: 2_000 },
    );
  });
});
