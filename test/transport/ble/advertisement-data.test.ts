import { describe, expect, test } from 'vitest';
import { ADVERTISING_DATA, scanResponseData } from '../../../src/transport/ble/peripheral/advertisement-data.js';
import { hex, patternBytes } from '../../../src/transport/contract/stage.js';

/** b4f5a1c0-e4c3-4b5f-9d4e-a0c1d2c60001 */
const uuidOnAir = '0100c6d2c1a04e9d5f4bc3e4c0a1f5b4';

describe('advertisement data', () => {
  test('says that the service is offered: flags, and the one UUID with its last byte first', () => {
    expect(hex(ADVERTISING_DATA)).toBe(`0201061107${uuidOnAir}`);
  });

  test('carries the hint as service data, and fills the scan response to its last byte', () => {
    const data = scanResponseData(Uint8Array.from({ length: 13 }, (_, place) => place));
    expect(hex(data)).toBe(`1e21${uuidOnAir}000102030405060708090a0b0c`);
    expect(data).toHaveLength(31);
  });

  test.each([0, 12, 14])('takes no hint of %i bytes', (length) => {
    expect(() => scanResponseData(patternBytes(length))).toThrow(RangeError);
  });
});
