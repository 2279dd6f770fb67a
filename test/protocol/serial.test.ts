import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addSerial, compareSerial } from '../../src/protocol/serial.js';

const widths = fc.constantFrom(1, 2, 8, 11, 16, 31, 32);

describe('serial numbers', () => {
  it('come back to 0 after the last', () => {
    expect(addSerial(2047, 1, 11)).toBe(0);
    expect(addSerial(0xffff_ffff, 1, 32)).toBe(0);
    expect(addSerial(0, -1, 32)).toBe(0xffff_ffff);
    expect(addSerial(0xffff_ff00, 0x200, 32)).toBe(0x100);
  });

  it('count on across the wrap', () => {
    expect(compareSerial(3, 2046, 11)).toBe(5);
    expect(compareSerial(2046, 3, 11)).toBe(-5);
    expect(compareSerial(0, 0xffff_ffff, 32)).toBe(1);
    expect(compareSerial(7, 7, 32)).toBe(0);
  });

  it('count as behind when exactly half the range apart', () => {
    expect(compareSerial(1024, 0, 11)).toBe(-1024);
    expect(compareSerial(0x8000_0000, 0, 32)).toBe(-0x8000_0000);
  });

  it('know how far they were moved, in every width', () => {
    const moves = fc.tuple(widths, fc.nat(0xffff_ffff), fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }));
    fc.assert(
      fc.property(moves, ([bits, anyValue, share]) => {
        const value = addSerial(anyValue, 0, bits);
        const amount = Math.floor(share * 2 ** (bits - 1));
        const moved = addSerial(value, amount, bits);
        expect(moved).toBeGreaterThanOrEqual(0);
        expect(moved).toBeLessThan(2 ** bits);
        expect(compareSerial(moved, value, bits)).toBe(amount);
      }),
    );
  });
});
