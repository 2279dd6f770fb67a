import { describe, expect, it } from 'vitest';
import { decodeSegment, encodeSegment, type Segment, SegmentError } from '../../src/protocol/segment.js';
import { fromHex, type Refused, readVectors, toHex } from './vectors.js';

interface SegmentVectors {
  readonly packets: readonly {
    readonly name: string;
    readonly hex: string;
    readonly segment: Omit<Segment, 'payload'> & { readonly payload: string };
  }[];
  readonly refused: readonly Refused[];
}

const vectors = readVectors<SegmentVectors>('segments');
const packets = vectors.packets.map(({ name, hex, segment }) => ({
  name,
  hex,
  segment: { ...segment, payload: fromHex(segment.payload) },
}));

describe('a segment', () => {
  it.each(packets)('is written as in the vector $name', ({ hex, segment }) => {
    expect(toHex(encodeSegment(segment))).toBe(hex);
  });

  it.each(packets)('is read as in the vector $name', ({ hex, segment }) => {
    expect(decodeSegment(fromHex(hex))).toEqual(segment);
  });

  it.each(vectors.refused)('is refused: $name', ({ hex }) => {
    expect(() => decodeSegment(fromHex(hex))).toThrow(SegmentError);
  });
});
