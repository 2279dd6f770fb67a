import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readHintReports } from '../../../src/transport/ble/central/advertising-report.js';
import { attFault, isAttRequest, withAgreedMtu } from '../../../src/transport/ble/central/att-guard.js';
import { hex } from '../../../src/transport/contract/stage.js';

const uuid = '0100c6d2c1a04e9d5f4bc3e4c0a1f5b4';
/** The second of these has another structure before its hint. */
const first = `0400 010000 00dec0 1f 1e21${uuid}000102030405060708090a0b0c c4`.replaceAll(' ', '');
const second = `0401 020000 00dec0 22 020a00 1e21${uuid}ffffffffffffffffffffffffff b0`.replaceAll(' ', '');

describe('advertising reports', () => {
  test('golden: two scan responses in one event', () => {
    const reports = readHintReports(2, Buffer.from(first + second, 'hex'));
    expect(reports.map(({ hint, ...rest }) => ({ ...rest, hint: hex(hint) }))).toEqual([
      { address: 'c0:de:00:00:00:01', isRandomAddress: false, rssi: -60, hint: '000102030405060708090a0b0c' },
      { address: 'c0:de:00:00:00:02', isRandomAddress: true, rssi: -80, hint: 'ffffffffffffffffffffffffff' },
    ]);
  });

  test.each([
    ['an advertisement, not a scan response', first.replace(/^04/, '00')],
    ['another service', first.replace(uuid, uuid.replace('01', '02'))],
    ['another type of data', first.replace('1e21', '1e16')],
    ['a hint that is too short', first.replace('1e21', '1d21')],
    ['a structure of no length', first.replace('1e21', '0021')],
    ['a length beyond the packet', first.replace('1f1e21', 'ff1e21')],
    ['a packet that is cut off', first.slice(0, -2)],
  ])('leave out %s', (_, packet) => {
    expect(readHintReports(1, Buffer.from(packet, 'hex'))).toEqual([]);
  });

  test('do not crash the reader, whatever they are', () => {
    fc.assert(
      fc.property(fc.nat(255), fc.uint8Array({ maxLength: 255 }), (count, bytes) => {
        readHintReports(count, Buffer.from(bytes));
        const mutant = Buffer.from(first + second, 'hex');
        mutant.set(bytes.subarray(0, 8), count % 60);
        readHintReports(2, mutant);
      }),
    );
  });
});

describe('ATT packets', () => {
  test.each([
    ['03ff00', '03ff00'],
    ['030502', '030001'],
    ['030000', '031700'],
    ['1b0e0005', '1b0e0005'],
  ])('%s reaches noble as %s', (packet, agreed) => {
    expect(hex(withAgreedMtu(Buffer.from(packet, 'hex')))).toBe(agreed);
  });

  test('are looked at without a crash, whatever they are', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        const packet = Buffer.from(bytes);
        if (attFault(packet) === undefined)
          expect([isAttRequest(packet), withAgreedMtu(packet).length]).toHaveLength(2);
      }),
    );
  });
});
