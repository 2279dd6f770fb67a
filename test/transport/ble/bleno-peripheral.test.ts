import { describe, expect, test } from 'vitest';
import { HciEvent, LeEvent, Opcode, PacketType } from '../../../src/transport/air/hci-codes.js';
import { ADVERTISING_DATA, scanResponseData } from '../../../src/transport/ble/peripheral/advertisement-data.js';
import { hex, patternBytes, writeAll } from '../../../src/transport/contract/stage.js';
import { numbersFrom, upTo } from '../../support/links.js';
import { Att, Attribute } from '../../support/rogue-central.js';
import { card, hint, openLink, type PeripheralFixture, startPeripheral } from './peripheral-fixture.js';

const otherHint = patternBytes(13, 9);

describe('bleno peripheral › advertising', () => {
  test('shows the service and the hint, without a name of the machine', async () => {
    const { central } = await startPeripheral();
    expect(hex(await central.hear())).toBe(hex(Buffer.concat([ADVERTISING_DATA, scanResponseData(hint)])));
  });

  test('shows a new hint from the next advertisement on', async () => {
    const { central, peripheral } = await startPeripheral();
    peripheral.advertise({ hint: otherHint, card });
    expect(hex(await central.hear())).toContain(hex(otherHint));
  });

  test('goes on after a link, with the hint that was new meanwhile', async () => {
    const fixture = await startPeripheral();
    const { connection } = await openLink(fixture);
    fixture.peripheral.advertise({ hint: otherHint, card });
    connection.disconnect();
    expect(hex(await fixture.central.hear())).toContain(hex(otherHint));
  });

  test('rests while a central is connected, even when the hint changes', async () => {
    const fixture = await startPeripheral();
    const { connection, link } = await openLink(fixture);
    const enabled = countAdvertising(fixture);
    fixture.peripheral.advertise({ hint: otherHint, card });
    link.write(Uint8Array.of(1));
    await connection.nextNotification();
    expect(enabled()).toBe(0);
  });

  test('rests even when the hint changes at the moment a central connects', async () => {
    const fixture = await startPeripheral();
    const { air, central, lamp, peripheral } = fixture;
    const commands: number[] = [];
    air.trace$.subscribe(({ adapter, isFromHost, packet }) => {
      if (adapter !== lamp) return;
      if (isFromHost && isCommand(packet, Opcode.leSetAdvertisingEnable)) commands.push(packet[4] ?? -1);
      // The controller has the connection, and its host does not know yet.
      if (!isFromHost && isConnected(packet)) peripheral.advertise({ hint: otherHint, card });
    });
    const connection = await central.connect(lamp);
    await connection.request(Att.readRequest, 3, 0);
    expect(commands).toEqual([1, 0]);
  });

  test('refuses a hint and a card of other lengths than the layout has', async () => {
    const { peripheral } = await startPeripheral();
    expect(() => peripheral.advertise({ hint: patternBytes(12), card })).toThrow(RangeError);
    expect(() => peripheral.advertise({ hint, card: patternBytes(513) })).toThrow(RangeError);
  });

  test('keeps the name of the machine from strangers', async () => {
    const { central, lamp } = await startPeripheral();
    const connection = await central.connect(lamp);
    expect((await connection.request(Att.readRequest, 3, 0)).subarray(1).toString()).toBe('Tandem');
  });
});

describe('bleno peripheral › links', () => {
  test('opens a link by subscription and carries packets both ways, unchanged and in order', async () => {
    const fixture = await startPeripheral();
    const { connection, link } = await openLink(fixture);
    const numbers = numbersFrom(link);
    for (const number of upTo(100)) connection.att(Att.writeCommand, Attribute.toPeripheral, 0, number, 0xff);
    connection.att(Att.writeRequest, Attribute.toPeripheral, 0, 100);
    await writeAll(
      link,
      upTo(100).map((number) => patternBytes(244, number)),
    );
    const heard = [];
    for (const _ of upTo(100)) heard.push(hex(await connection.nextNotification()));
    expect(numbers).toEqual(upTo(101));
    expect(heard).toEqual(upTo(100).map((number) => hex(patternBytes(244, number))));
    expect(fixture.lamp.counts).toMatchObject({ overflows: 0, staleData: 0 });
  });

  test.each([
    [23, 20],
    [100, 97],
    [185, 182],
    [247, 244],
    [256, 244],
    [517, 244],
  ])('over an MTU of %i packets have up to %i bytes', async (mtu, packetBytes) => {
    const { connection, link } = await openLink(await startPeripheral(), mtu);
    link.write(patternBytes(packetBytes));
    expect(link.packetBytes).toBe(packetBytes);
    expect(await connection.nextNotification()).toHaveLength(packetBytes);
    expect(() => link.write(patternBytes(packetBytes + 1))).toThrow(RangeError);
  });

  test('never has more packets under way than the controller has buffers, however small they are', async () => {
    const fixture = await startPeripheral({ lamp: { aclBytes: 27, aclPackets: 3 } });
    const { connection, link } = await openLink(fixture);
    await writeAll(
      link,
      upTo(50).map((number) => patternBytes(200, number)),
    );
    for (const number of upTo(50))
      expect(hex(await connection.nextNotification())).toBe(hex(patternBytes(200, number)));
    expect(fixture.lamp.counts.overflows).toBe(0);
  });

  test('refuses what the controller has no buffers for, and says when it has', async () => {
    const { link } = await openLink(await startPeripheral({ lamp: { aclPackets: 3 } }));
    const taken = upTo(5).map((number) => link.write(Uint8Array.of(number)));
    expect(taken).toEqual([true, true, true, false, false]);
    await writeAll(link, [Uint8Array.of(5)]);
  });

  test('counts a packet by the buffers that it takes', async () => {
    const { link } = await openLink(await startPeripheral({ lamp: { aclBytes: 27, aclPackets: 3 } }));
    expect([60, 60].map((length) => link.write(patternBytes(length)))).toEqual([true, false]);
  });

  test('closed here, tells the central after the last packet that was taken', async () => {
    const { connection, link } = await openLink(await startPeripheral());
    for (const number of upTo(8)) link.write(Uint8Array.of(number));
    link.close();
    expect(await connection.ended).toBe(0x13);
    expect(connection.notifications.map(([number]) => number)).toEqual(upTo(8));
    expect(await ending(link)).toBe('closed-here');
  });

  test('ends when the subscription does, and the connection with it', async () => {
    const { connection, link } = await openLink(await startPeripheral());
    await connection.request(Att.writeRequest, Attribute.subscription, 0, 0, 0);
    expect(await ending(link)).toBe('closed-there');
    expect(await connection.ended).toBe(0x13);
  });

  test.each([
    ['closed-there', 'the central hangs up', ({ connection }) => connection.disconnect()],
    ['closed-there', 'the central has no room', ({ connection }) => connection.disconnect(0x14)],
    ['peer-radio-off', 'the central says it goes off', ({ connection }) => connection.disconnect(0x15)],
    ['peer-radio-off', 'the adapter of the central is switched off', ({ phone }) => phone.setPower(false)],
    ['radio-off', 'the adapter here is switched off', ({ lamp }) => lamp.setPower(false)],
    ['radio-off', 'the adapter here is pulled out', ({ lamp }) => lamp.pull()],
    ['lost', 'nothing is heard for the supervision timeout', ({ air, lamp, phone }) => air.partition(lamp, phone)],
  ] satisfies [string, string, (fixture: Linked) => void][])('ends with %s when %s', async (end, _, act) => {
    const fixture = await startPeripheral();
    const { connection, link } = await openLink(fixture);
    act({ ...fixture, connection });
    expect(await ending(link)).toBe(end);
  });

  test('serves fifty centrals one after the other and keeps nothing of them', async () => {
    const fixture = await startPeripheral();
    const before = { SIGINT: process.listenerCount('SIGINT'), exit: process.listenerCount('exit') };
    for (const number of upTo(50)) {
      const { connection, link } = await openLink(fixture);
      link.write(Uint8Array.of(number));
      expect([...(await connection.nextNotification())]).toEqual([number]);
      connection.disconnect();
      expect(await ending(link)).toBe('closed-there');
    }
    expect(fixture.lamp.counts).toMatchObject({ links: 0, overflows: 0, staleData: 0 });
    expect({ SIGINT: process.listenerCount('SIGINT'), exit: process.listenerCount('exit') }).toEqual(before);
    expect(fixture.lines).toEqual([]);
  });

  test('does not send for a link of before, which would mute bleno for every later one', async () => {
    const fixture = await startPeripheral();
    const first = await openLink(fixture);
    first.connection.disconnect();
    await ending(first.link);
    expect(first.link.write(Uint8Array.of(1))).toBe(false);
    first.link.close();
    const second = await openLink(fixture);
    expect(first.link.write(Uint8Array.of(1))).toBe(false);
    second.link.write(Uint8Array.of(2));
    expect([...(await second.connection.nextNotification())]).toEqual([2]);
  });
});

type Linked = PeripheralFixture & { readonly connection: Awaited<ReturnType<typeof openLink>>['connection'] };

function ending(link: Awaited<ReturnType<typeof openLink>>['link']): Promise<string> {
  return new Promise((resolve) => link.ended$.subscribe(resolve));
}

/** How often the host of the lamp has switched advertising on since. */
function countAdvertising({ air, lamp }: PeripheralFixture): () => number {
  let count = 0;
  air.trace$.subscribe(({ adapter, isFromHost, packet }) => {
    const isEnable = isCommand(packet, Opcode.leSetAdvertisingEnable);
    if (adapter === lamp && isFromHost && isEnable && packet[4] === 1) count += 1;
  });
  return () => count;
}

function isCommand(packet: Uint8Array, opcode: number): boolean {
  return packet[0] === PacketType.command && Buffer.from(packet).readUInt16LE(1) === opcode;
}

function isConnected(packet: Uint8Array): boolean {
  return packet[0] === PacketType.event && packet[1] === HciEvent.leMeta && packet[3] === LeEvent.connectionComplete;
}
