import { afterEach, describe, expect, it } from 'vitest';
import { type Adapter, type Air, createAir } from '../../../src/transport/air/air.js';
import { HciError, Opcode } from '../../../src/transport/air/hci-codes.js';
import { advertise, createConnection, createRawHost, linkHosts, type RawHost } from './raw-host.js';

let air: Air;
let adapter: Adapter;
let host: RawHost;

function start(): void {
  air = createAir();
  adapter = air.createAdapter({ address: '11:22:33:44:55:66' });
  host = createRawHost(adapter);
}

afterEach(() => air.close());

async function ask(hex: string): Promise<string> {
  const packet = Buffer.from(hex.replaceAll(' ', ''), 'hex');
  const answer = host.command(packet.readUInt16LE(1), packet.subarray(4));
  return (await answer).toString('hex');
}

describe('a controller answers', () => {
  const vectors: readonly (readonly [what: string, asked: string, answered: string])[] = [
    ['Reset', '01 03 0c 00', '04 0e 04 01 03 0c 00'],
    ['Set Event Mask', '01 01 0c 08 ff ff fb ff 07 f8 bf 3d', '04 0e 04 01 01 0c 00'],
    ['Set Event Filter', '01 05 0c 01 00', '04 0e 04 01 05 0c 00'],
    ['Read LE Host Support', '01 6c 0c 00', '04 0e 06 01 6c 0c 00 01 00'],
    ['Write LE Host Support', '01 6d 0c 02 01 00', '04 0e 04 01 6d 0c 00'],
    ['Read Local Version: 5.0', '01 01 10 00', '04 0e 0c 01 01 10 00 09 00 00 09 ff ff 00 00'],
    ['Read Local Supported Features: LE only', '01 03 10 00', '04 0e 0c 01 03 10 00 00 00 00 00 60 00 00 00'],
    ['Read Buffer Size', '01 05 10 00', '04 0e 0b 01 05 10 00 fb 00 00 08 00 00 00'],
    ['Read BD_ADDR, least significant byte first', '01 09 10 00', '04 0e 0a 01 09 10 00 66 55 44 33 22 11'],
    ['LE Read Buffer Size', '01 02 20 00', '04 0e 07 01 02 20 00 fb 00 08'],
    ['LE Read Local Supported Features', '01 03 20 00', '04 0e 0c 01 03 20 00 21 01 00 00 00 00 00 00'],
    ['LE Set Random Address', '01 05 20 06 01 02 03 04 05 c6', '04 0e 04 01 05 20 00'],
    ['LE Read Advertising Physical Channel Tx Power', '01 07 20 00', '04 0e 05 01 07 20 00 00'],
    ['LE Read Filter Accept List Size', '01 0f 20 00', '04 0e 05 01 0f 20 00 10'],
    ['LE Read Supported States', '01 1c 20 00', '04 0e 0c 01 1c 20 00 ff ff ff ff ff 03 00 00'],
    ['LE Read Suggested Default Data Length', '01 23 20 00', '04 0e 08 01 23 20 00 1b 00 48 01'],
    ['LE Write Suggested Default Data Length', '01 24 20 04 fb 00 48 08', '04 0e 04 01 24 20 00'],
    ['LE Read Maximum Data Length', '01 2f 20 00', '04 0e 0c 01 2f 20 00 fb 00 48 08 fb 00 48 08'],
    ['LE Set Default PHY', '01 31 20 03 00 03 03', '04 0e 04 01 31 20 00'],
    ['a command of no meaning with Command Status', '01 ff fc 00', '04 0f 04 01 01 ff fc'],
    ['parameters that are too short', '01 0c 20 01 01', '04 0e 04 01 0c 20 12'],
    ['parameters that are too short, with Command Status', '01 06 04 02 00 00', '04 0f 04 12 01 06 04'],
    ['Disconnect for no connection', '01 06 04 03 40 00 13', '04 0f 04 02 01 06 04'],
    ['Read RSSI for no connection, with the handle', '01 05 14 02 40 00', '04 0e 07 01 05 14 02 40 00 00'],
    ['LE Create Connection Cancel without one', '01 0e 20 00', '04 0e 04 01 0e 20 0c'],
  ];
  it.each(vectors)('%s', async (_what, asked, answered) => {
    start();
    expect(await ask(asked)).toBe(answered.replaceAll(' ', ''));
  });

  it('Read Local Supported Commands with the bit of each that it knows', async () => {
    start();
    const bits = Buffer.from((await ask('01 02 10 00')).slice(14), 'hex');
    const has = (octet: number, bit: number): boolean => ((bits[octet] ?? 0) & (1 << bit)) !== 0;
    // Section 6.27: Reset, LE Create Connection, LE Set Data Length, LE Set PHY; not Inquiry, not LE Set Extended Advertising Enable.
    expect([has(5, 7), has(26, 4), has(33, 6), has(35, 6), has(0, 0), has(36, 5)]).toEqual([
      ...[true, true, true, true],
      ...[false, false],
    ]);
    expect(bits).toHaveLength(64);
    expect(adapter.counts.unknownCommands).toEqual([]);
  });

  it('LE Rand differently each time', async () => {
    start();
    expect(await ask('01 18 20 00')).not.toBe(await ask('01 18 20 00'));
  });

  it('what it does not know, and remembers it for the test', async () => {
    start();
    await ask('01 ff fc 00');
    expect(adapter.counts.unknownCommands).toEqual([0xfcff]);
  });
});

describe('a controller refuses', () => {
  const refusals: readonly (readonly [what: string, before: readonly string[], asked: string, error: number])[] = [
    [
      'new advertising parameters while it advertises',
      ['01 0a 20 01 01'],
      `01 06 20 0f a000a000 00 00 00 ${'00'.repeat(6)} 07 00`,
      0x0c,
    ],
    ['new scan parameters while it scans', ['01 0c 20 02 01 00'], '01 0b 20 07 01 1200 1200 00 00', 0x0c],
    ['a scan window longer than its interval', [], '01 0b 20 07 01 1200 1300 00 00', 0x12],
    ['an advertising interval out of bounds', [], `01 06 20 0f 1f00a000 00 00 00 ${'00'.repeat(6)} 07 00`, 0x12],
    ['more advertising data than fits', [], `01 08 20 20 20 ${'00'.repeat(31)}`, 0x12],
    ['a data length below 27 bytes', [], '01 24 20 04 1a 00 48 08', 0x12],
    [
      'a change of the accept list while it scans by it',
      ['01 0b 20 07 01 1200 1200 00 01', '01 0c 20 02 01 00'],
      '01 10 20 00',
      0x0c,
    ],
    ['a new random address while it advertises', ['01 0a 20 01 01'], '01 05 20 06 01 02 03 04 05 c6', 0x0c],
  ];
  it.each(refusals)('%s', async (_what, before, asked, error) => {
    start();
    for (const hex of before) expect(await ask(hex)).toMatch(/00$/);
    expect(Buffer.from(await ask(asked), 'hex').at(-1)).toBe(error);
  });

  it('a second connection attempt while one is under way', async () => {
    start();
    const peer = createConnection('00:00:00:00:00:01');
    const first = await host.command(Opcode.leCreateConnection, peer);
    const second = await host.command(Opcode.leCreateConnection, peer);
    expect([first[3], second[3]]).toEqual([HciError.success, HciError.commandDisallowed]);
  });

  it('a supervision timeout shorter than two intervals', async () => {
    start();
    const tooShort = createConnection('00:00:00:00:00:01', { interval: 80, timeout: 20 });
    expect((await host.command(Opcode.leCreateConnection, tooShort))[3]).toBe(HciError.invalidParameters);
  });

  it('more connections than it has room for, on either side', async () => {
    air = createAir();
    const [hub, phone, other] = [
      air.createAdapter({ maxLinks: 1 }),
      air.createAdapter({ maxLinks: 1 }),
      air.createAdapter(),
    ];
    const { central, peripheral } = await linkHosts(hub, phone);
    const third = createConnection(other.address);
    expect((await central.command(Opcode.leCreateConnection, third))[3]).toBe(HciError.connectionLimit);
    expect((await peripheral.command(Opcode.leSetAdvertisingEnable, Uint8Array.of(1))).at(-1)).toBe(
      HciError.connectionLimit,
    );
    await expect(advertise(createRawHost(other))).resolves.toBeUndefined();
  });

  it('a seventeenth entry of its accept list', async () => {
    start();
    for (let entry = 1; entry <= 16; entry += 1) {
      expect((await host.command(Opcode.leAddToAcceptList, Buffer.from([0, entry, 0, 0, 0, 0, 0]))).at(-1)).toBe(0);
    }
    const last = await host.command(Opcode.leAddToAcceptList, Buffer.from([0, 17, 0, 0, 0, 0, 0]));
    expect(last.at(-1)).toBe(HciError.memoryExceeded);
  });
});
