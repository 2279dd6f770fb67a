import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createAir } from '../../../src/transport/air/air.js';
import { describeHci } from '../../../src/transport/air/hci-text.js';
import { keepLines } from '../../support/trace.js';
import { createRawHost } from './raw-host.js';

const adapter = createAir().createAdapter({ name: 'phone' });

function describePacket(text: string, isFromHost = true): string {
  const packet = Buffer.from(text.replaceAll(' ', ''), 'hex');
  return describeHci({ atMs: 12.3456, adapter, isFromHost, packet }).slice('      12.346 phone    > '.length);
}

it('begins a line with the time, the adapter and the direction', () => {
  const packet = Buffer.from('01030c00', 'hex');
  expect(describeHci({ atMs: 12.3456, adapter, isFromHost: true, packet })).toBe(
    '      12.346 phone    > command Reset',
  );
  expect(describeHci({ atMs: 0, adapter, isFromHost: false, packet })).toMatch(/^ {7}0\.000 phone {4}< /);
});

it.each([
  ['01 0c20 02 01 00', 'command LE Set Scan Enable 0100'],
  ['01 4120 01 07', 'command 0x2041 07'],
  ['04 0e 04 01 030c 00', 'event Command Complete Reset success'],
  ['04 0e 0a 01 0910 00 0100000000c0', 'event Command Complete Read Address success 0100000000c0'],
  ['04 0f 04 0c 01 0d20', 'event Command Status LE Create Connection command disallowed'],
  ['04 05 04 00 4100 08', 'event Disconnection Complete handle 65 reason Connection Timeout'],
  ['04 05 04 00 4100 99', 'event Disconnection Complete handle 65 reason 0x99'],
  ['04 13 05 01 4000 0300', 'event Number Of Completed Packets handle 64 count 3'],
  [
    '04 3e 13 01 00 4000 00 00 0200000000c0 1800 0000 2a00 00',
    'event LE Connection Complete success handle 64 00000200000000c0180000002a0000',
  ],
  ['04 3e 0b 07 4000 fb00 4808 fb00 4808', 'event LE Data Length Change handle 64 fb004808fb004808'],
  ['04 3e 02 02 00', 'event LE Advertising Report 00'],
  ['04 57 01 aa', 'event 0x57 aa'],
  ['02 4000 0700 0300 0400 02 0001', 'data handle 64 ATT Exchange Mtu Request 0001'],
  ['02 4020 0600 0200 0400 52 03', 'data handle 64 ATT Write Command 03'],
  ['02 4010 0200 aabb', 'data handle 64 continued aabb'],
  ['02 4000 0500 0100 0500 12', 'data handle 64 signalling 12'],
  ['02 4000 0500 0100 0600 01', 'data handle 64 security 01'],
  ['02 4000 0500 0100 4000 01', 'data handle 64 channel 64 01'],
  ['09 01', 'unknown 0901'],
])('reads %s as "%s"', (packet, line) => {
  expect(describePacket(packet)).toBe(line);
});

it('shows the beginning of a long packet and how long it is', () => {
  const line = describePacket(`02 4000 fb00 f700 0400 1b ${'ab'.repeat(246)}`);
  expect(line).toBe(`data handle 64 ATT Notification ${'ab'.repeat(24)}… (246 bytes)`);
});

it('makes one line of any bytes', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 80 }), fc.boolean(), (packet, isFromHost) => {
      expect(describeHci({ atMs: 1, adapter, isFromHost, packet })).toMatch(/^ +1\.000 phone {4}[<>] [\w. …()-]+$/);
    }),
  );
});

it('keeps the last lines of an air, and no more', async () => {
  const air = createAir();
  const lines = keepLines(air, 3);
  const host = createRawHost(air.createAdapter({ name: 'phone' }));
  await host.command(0x0c03);
  await host.command(0x1009);
  expect(lines().map((line) => line.slice('       0.000 '.length, 50))).toEqual([
    expect.stringContaining('phone    < event Command Complete'),
    expect.stringContaining('phone    > command Read Address'),
    expect.stringContaining('phone    < event Command Complete'),
  ]);
  air.close();
});
