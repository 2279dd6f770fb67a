import { firstValueFrom } from 'rxjs';
import { describe, expect, test } from 'vitest';
import { SimulatedClock } from 'xstate';
import { MAX_CARDS_PER_CONNECTION, MAX_STRAY_PACKETS, SUBSCRIBE_TIMEOUT_MS } from '../../../src/protocol/limits.js';
import { Opcode } from '../../../src/transport/air/hci-codes.js';
import { hex, patternBytes } from '../../../src/transport/contract/stage.js';
import { numbersFrom, upTo } from '../../support/links.js';
import { Att, Attribute, createRogueCentral, type RogueConnection } from '../../support/rogue-central.js';
import { turns } from '../../support/time.js';
import {
  card,
  createPeripheralFixture,
  hint,
  openLink,
  type PeripheralFixture,
  reach,
  startPeripheral,
} from './peripheral-fixture.js';

describe('bleno peripheral › cards', () => {
  test.each([23, 101, 256])('gives its card in parts of an MTU of %i, and nothing beyond its end', async (mtu) => {
    const { central, lamp } = await startPeripheral();
    const connection = await central.connect(lamp);
    await connection.request(Att.mtuRequest, mtu & 0xff, mtu >> 8);
    expect(hex(await readLong(connection, mtu))).toBe(hex(card));
    expect(hex(await readBlob(connection, card.length))).toBe('0d');
    expect(hex(await readBlob(connection, card.length + 1))).toBe('010c110007');
  });

  test('gives parts of one card even when it changes in between', async () => {
    const { central, lamp, peripheral } = await startPeripheral();
    const connection = await central.connect(lamp);
    const first = await connection.request(Att.readRequest, Attribute.identity, 0);
    peripheral.advertise({ hint, card: patternBytes(400, 7) });
    const rest = await readBlob(connection, 22);
    expect(hex(Buffer.concat([first.subarray(1), rest.subarray(1)]))).toBe(hex(card.subarray(0, 44)));
    const again = await connection.request(Att.readRequest, Attribute.identity, 0);
    expect(hex(again.subarray(1))).toBe(hex(patternBytes(400, 7).subarray(0, 22)));
  });

  test.each([1, 253, 512])('takes a card of %i bytes', async (length) => {
    const { central, lamp, cards } = await startPeripheral();
    const connection = await central.connect(lamp);
    expect(await writeLong(connection, patternBytes(length, 3))).toBe(Att.executeWriteResponse);
    expect(cards.map(hex)).toEqual([hex(patternBytes(length, 3))]);
  });

  test.each([0, 513, 4_000])('refuses a card of %i bytes', async (length) => {
    const { central, lamp, cards } = await startPeripheral();
    const connection = await central.connect(lamp);
    const answer =
      length === 0
        ? (await connection.request(Att.writeRequest, Attribute.identity, 0))[0]
        : await writeLong(connection, patternBytes(length, 3));
    expect(answer).toBe(Att.error);
    expect(cards).toEqual([]);
  });

  test('takes only a few cards from one connection', async () => {
    const { central, lamp, cards } = await startPeripheral();
    const connection = await central.connect(lamp);
    const answers = [];
    for (const number of upTo(MAX_CARDS_PER_CONNECTION + 2)) {
      answers.push((await connection.request(Att.writeRequest, Attribute.identity, 0, number))[0]);
    }
    expect(answers.slice(-3)).toEqual([Att.writeResponse, Att.error, Att.error]);
    expect(cards).toHaveLength(MAX_CARDS_PER_CONNECTION);
  });
});

describe('bleno peripheral › strangers', () => {
  test('a second subscription changes nothing', async () => {
    const fixture = await startPeripheral();
    const { connection, link } = await openLink(fixture);
    await connection.subscribe();
    expect(fixture.links).toEqual([link]);
    await expectEcho(connection, link);
  });

  test('a subscription to a link that was closed opens no other one', async () => {
    const fixture = await startPeripheral();
    const { connection, link } = await openLink(fixture);
    link.close();
    connection.att(Att.writeRequest, Attribute.subscription, 0, 1, 0);
    expect(await connection.ended).toBe(0x13);
    expect(fixture.links).toEqual([link]);
  });

  test('what is written before the subscription reaches nobody', async () => {
    const fixture = await startPeripheral();
    const connection = await fixture.central.connect(fixture.lamp);
    for (const number of upTo(MAX_STRAY_PACKETS)) connection.att(Att.writeCommand, Attribute.toPeripheral, 0, number);
    await connection.subscribe();
    const [link] = fixture.links;
    if (link === undefined) throw new Error('no link came in');
    const numbers = numbersFrom(link);
    await connection.request(Att.writeRequest, Attribute.toPeripheral, 0, 99);
    expect(numbers).toEqual([99]);
  });

  test('much that is written before the subscription ends the connection, and no subscription saves it', async () => {
    const fixture = await startPeripheral({ clock: new SimulatedClock() });
    const connection = await fixture.central.connect(fixture.lamp);
    for (const number of upTo(MAX_STRAY_PACKETS + 1)) {
      connection.att(Att.writeCommand, Attribute.toPeripheral, 0, number);
    }
    connection.att(Att.writeRequest, Attribute.subscription, 0, 1, 0);
    expect(await connection.ended).toBe(0x13);
    expect(fixture.links).toEqual([]);
    await expectService(fixture);
  });

  test('one that connects and does nothing is sent away, so that others get in', async () => {
    const clock = new SimulatedClock();
    const fixture = await startPeripheral({ clock });
    const connection = await fixture.central.connect(fixture.lamp);
    await connection.request(Att.readRequest, 3, 0);
    clock.increment(SUBSCRIBE_TIMEOUT_MS - 1);
    await connection.request(Att.readRequest, 3, 0);
    clock.increment(1);
    expect(await connection.ended).toBe(0x13);
    await expectService(fixture);
  });

  test('one that has subscribed may stay', async () => {
    const clock = new SimulatedClock();
    const { connection, link } = await openLink(await startPeripheral({ clock }));
    clock.increment(SUBSCRIBE_TIMEOUT_MS * 2);
    await expectEcho(connection, link);
  });

  test('a second central that gets in is turned away, and the first notices nothing', async () => {
    const fixture = await startPeripheral();
    const { connection, link } = await openLink(fixture);
    const intruder = createRogueCentral(fixture.air.createAdapter({ name: 'intruder' }));
    createRogueCentral(fixture.lamp).command(Opcode.leSetAdvertisingEnable, Uint8Array.of(1));
    const intrusion = await intruder.connect(fixture.lamp);
    intrusion.att(Att.writeCommand, Attribute.toPeripheral, 0, 66);
    intrusion.att(Att.writeRequest, Attribute.subscription, 0, 1, 0);
    expect(await intrusion.ended).toBe(0x14);
    await expectEcho(connection, link);
    expect(fixture.links).toEqual([link]);
    connection.disconnect();
    expect(await firstValueFrom(link.ended$)).toBe('closed-there');
    await expectService(fixture);
  });

  test.each([
    ['a packet longer than any MTU', (c) => c.att(Att.writeCommand, Attribute.toPeripheral, 0, patternBytes(254))],
    ['a smaller MTU than agreed', (c) => c.att(Att.mtuRequest, 23, 0)],
    ['a request without its parameters', (c) => c.att(Att.mtuRequest)],
    ['an L2CAP header cut in two', (c) => c.fragment(true, Uint8Array.of(1, 0))],
    ['more fragments than the packet has', (c) => cutTooLong(c)],
  ] satisfies [string, (connection: RogueConnection) => void][])(
    '%s breaks the link, and nothing else',
    async (_, act) => {
      const fixture = await startPeripheral();
      const { connection, link } = await openLink(fixture);
      act(connection);
      expect(await firstValueFrom(link.ended$)).toBe('protocol-violation');
      expect(await connection.ended).toBe(0x13);
      await expectService(fixture);
    },
  );

  test('asking without fetching the answers breaks the link', async () => {
    const fixture = await startPeripheral({
      lamp: { aclBytes: 27, aclPackets: 1 },
      air: { timing: { type: 'modelled' } },
    });
    const { connection, link } = await openLink(fixture);
    for (const _ of upTo(200)) connection.att(Att.readRequest, Attribute.identity, 0);
    expect(await firstValueFrom(link.ended$)).toBe('protocol-violation');
    await expectService(fixture);
  });

  test('pairing is refused, and the connection goes on', async () => {
    const { connection, link } = await openLink(await startPeripheral());
    const answered = connection.answer(6);
    connection.send(6, Uint8Array.of(1, 3, 0, 1, 16, 0, 1));
    expect(hex(await answered)).toBe('0505');
    await expectEcho(connection, link);
  });

  test('a link that nobody takes is closed', async () => {
    const fixture = createPeripheralFixture({ isDeaf: true });
    fixture.peripheral.advertise({ hint, card });
    await reach(fixture.peripheral.state$, 'poweredOn');
    const connection = await fixture.central.connect(fixture.lamp);
    connection.att(Att.writeRequest, Attribute.subscription, 0, 1, 0);
    expect(await connection.ended).toBe(0x13);
  });
});

async function readLong(connection: RogueConnection, mtu: number): Promise<Buffer> {
  const parts = [(await connection.request(Att.readRequest, Attribute.identity, 0)).subarray(1)];
  for (let length = mtu - 1; parts.at(-1)?.length === mtu - 1; length += mtu - 1) {
    parts.push((await readBlob(connection, length)).subarray(1));
  }
  return Buffer.concat(parts);
}

function readBlob(connection: RogueConnection, offset: number): Promise<Buffer> {
  return connection.request(Att.readBlobRequest, Attribute.identity, 0, offset & 0xff, offset >> 8);
}

/** Gives the opcode of the last answer. */
async function writeLong(connection: RogueConnection, value: Uint8Array): Promise<number | undefined> {
  for (let at = 0; at < value.length; at += 18) {
    const part = value.subarray(at, at + 18);
    await connection.request(Att.prepareWriteRequest, Attribute.identity, 0, at & 0xff, at >> 8, part);
  }
  return (await connection.request(Att.executeWriteRequest, 1))[0];
}

/** Two ends of an L2CAP packet that never agree on its length. */
function cutTooLong(connection: RogueConnection): void {
  connection.fragment(true, Uint8Array.of(10, 0, 4, 0, 1, 2, 3));
  connection.fragment(false, patternBytes(20));
}

async function expectEcho(connection: RogueConnection, link: PeripheralFixture['links'][number]): Promise<void> {
  const arrived = firstValueFrom(link.packets$);
  connection.att(Att.writeCommand, Attribute.toPeripheral, 0, 41);
  expect([...(await arrived)]).toEqual([41]);
  link.write(Uint8Array.of(42));
  expect([...(await connection.nextNotification())]).toEqual([42]);
}

/** Others are served as before. */
async function expectService(fixture: PeripheralFixture): Promise<void> {
  await turns();
  const other = createRogueCentral(fixture.air.createAdapter({ name: 'other' }));
  const { connection, link } = await openLink({ ...fixture, central: other });
  await expectEcho(connection, link);
}
