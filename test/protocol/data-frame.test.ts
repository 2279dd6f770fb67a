import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  readReceivedData,
  readSendData,
  writeReceivedDataHeader,
  writeSendData,
} from '../../src/protocol/data-frame.js';

const u32 = fc.integer({ min: 0, max: 0xffff_ffff });
const payloads = fc.uint8Array({ maxLength: 50 });

describe('binary frames', () => {
  it('look like this', () => {
    expect(hex(writeSendData(7, 100, Uint8Array.of(0xab)))).toBe('110000000700000064ab');
    expect(hex(writeReceivedDataHeader(100, 2 ** 32 + 3))).toBe('12000000640000000100000003');
  });

  it('read back, also from the middle of a larger buffer', () => {
    fc.assert(
      fc.property(u32, u32, fc.maxSafeInteger().map(Math.abs), payloads, (requestId, sessionId, offset, payload) => {
        const sent = within(writeSendData(requestId, sessionId, payload));
        expect(readSendData(sent)).toEqual({ requestId, sessionId, payload, key: undefined });
        const received = within(Uint8Array.of(...writeReceivedDataHeader(sessionId, offset), ...payload));
        expect(readReceivedData(received)).toEqual({ sessionId, offset, payload });
      }),
    );
  });

  it.each(['', '11', '1100000007000000', '210000000700000064ab', '120000000700000064ab'])(
    'of a client are nothing else: %s',
    (text) => {
      expect(readSendData(Buffer.from(text, 'hex'))).toBeUndefined();
    },
  );

  it.each(['', '12', '120000006400000001000000', '110000006400000001000000ff', '1200000064ffffffffffffffff'])(
    'of the gateway are nothing else: %s',
    (text) => {
      expect(readReceivedData(Buffer.from(text, 'hex'))).toBeUndefined();
    },
  );

  it('are read or refused, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 20 }), (bytes) => {
        const call = readSendData(bytes);
        if (call !== undefined) expect(writeSendData(call.requestId, call.sessionId, call.payload)).toEqual(bytes);
        readReceivedData(bytes);
      }),
    );
  });

  it.each([-1, 1.5, 2 ** 32, Number.NaN])('take no id that does not fit: %d', (id) => {
    expect(() => writeSendData(id, 1, new Uint8Array())).toThrow(RangeError);
    expect(() => writeSendData(1, id, new Uint8Array())).toThrow(RangeError);
    expect(() => writeReceivedDataHeader(id, 1)).toThrow(RangeError);
  });
});

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}

function within(bytes: Uint8Array): Uint8Array {
  return Uint8Array.of(1, 2, 3, ...bytes, 4).subarray(3, 3 + bytes.length);
}
