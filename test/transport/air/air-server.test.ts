import { stat } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { connectHost, createServedAir, type HandHost } from './served.js';

const RESET = '01030c00';
const RESET_COMPLETE = '040e0401030c00';
const READ_ADDRESS = '01091000';
const READ_ADDRESS_COMPLETE = '040e0a01091000';
const POWER_OFF = 'ff02000200';
const POWER_ON = 'ff02000201';
const GONE = 'ff02000202';
/** LE Set Advertising Enable. */
const ADVERTISE = '010a200101';
/** LE Create Connection, interval 30 ms, supervision timeout 100 ms; `address` as people write it. */
function connectTo(address = ''): string {
  const bytes = address.split(':').reverse().join('');
  return `010d2019 6000 3000 00 00 ${bytes} 00 1800 1800 0000 0a00 0000 0000`;
}

function named(host: HandHost, name: string): void {
  host.say({ type: 'name', name });
}

async function addressOf(host: HandHost): Promise<string> {
  host.write(READ_ADDRESS);
  return (await host.whenPacket(READ_ADDRESS_COMPLETE)).slice(READ_ADDRESS_COMPLETE.length);
}

describe('a served air', () => {
  it('gives every client without a name a controller of its own', async () => {
    const { path, air } = await createServedAir();
    const [one, other] = [await connectHost(path), await connectHost(path)];
    one.write(RESET);
    other.write(RESET);
    await Promise.all([one.whenPacket(RESET_COMPLETE), other.whenPacket(RESET_COMPLETE)]);
    expect(air.adapters).toHaveLength(2);
    expect(await addressOf(one)).not.toBe(await addressOf(other));
    expect(one.packets.filter((packet) => packet.startsWith('ff'))).toEqual([]);
  });

  it('pulls the adapter of a client without a name when it leaves, and gives it to the next one as new', async () => {
    const { path, air, when } = await createServedAir();
    const one = await connectHost(path);
    one.write(RESET);
    await one.whenPacket(RESET_COMPLETE);
    one.socket.destroy();
    await when('left');
    expect(air.adapters.map(({ power }) => power)).toEqual(['gone']);
    const next = await connectHost(path);
    next.write(RESET);
    await next.whenPacket(RESET_COMPLETE);
    expect(air.adapters.map(({ power }) => power)).toEqual(['on']);
  });

  it('answers what came in one chunk with the name', async () => {
    const { path } = await createServedAir();
    const host = await connectHost(path);
    host.write(`ff0600 01 70686f6e65 ${RESET} ${READ_ADDRESS}`);
    await host.whenPacket(READ_ADDRESS_COMPLETE);
    expect(host.packets.slice(0, 2)).toEqual([POWER_ON, RESET_COMPLETE]);
  });

  it('gives a name the same adapter again', async () => {
    const { path, air, when } = await createServedAir();
    const before = await connectHost(path);
    named(before, 'phone');
    const address = await addressOf(before);
    before.socket.destroy();
    await when('left');
    const after = await connectHost(path);
    named(after, 'phone');
    expect(await addressOf(after)).toBe(address);
    expect(air.adapters.map(({ name }) => name)).toEqual(['phone']);
  });

  it('resets the adapter of a client that left: it advertises no more, and its peer loses the link', async () => {
    const { path, air, when } = await createServedAir();
    const phone = await connectHost(path);
    named(phone, 'phone');
    phone.write(ADVERTISE);
    await phone.whenPacket('040e04010a2000');
    const kitchen = await connectHost(path);
    named(kitchen, 'kitchen');
    kitchen.write(connectTo(air.find('phone')?.address));
    await kitchen.whenPacket('043e1301');
    await phone.whenPacket('043e1301');
    expect(air.find('phone')?.counts.links).toBe(1);
    phone.socket.destroy();
    await when('left');
    // Disconnection Complete, connection timeout.
    expect(await kitchen.whenPacket('0405')).toMatch(/08$/);
    expect(air.find('phone')?.counts.links).toBe(0);
  });

  it('tells the older of two clients with one name that its adapter is gone, and nothing of its end to the newer', async () => {
    const { path, server, when } = await createServedAir();
    const older = await connectHost(path);
    named(older, 'phone');
    await older.whenPacket(POWER_ON);
    const newer = await connectHost(path);
    named(newer, 'phone');
    await newer.whenPacket(POWER_ON);
    await older.ended;
    expect(older.packets).toEqual([POWER_ON, GONE]);
    expect((await when('left')).why).toContain('taken by another');
    await addressOf(newer);
    expect(newer.packets.map((packet) => packet.slice(0, 14))).toEqual([POWER_ON, READ_ADDRESS_COMPLETE]);
    expect(server.counts.clients).toBe(1);
  });

  it('lets the last of many that wait for one name have it', async () => {
    const { path, air, server } = await createServedAir();
    const before = await connectHost(path);
    named(before, 'phone');
    await before.whenPacket(POWER_ON);
    // Its reset takes until the adapter is read again: the others wait.
    air.find('phone')?.setStalled(true);
    const hosts = await Promise.all(Array.from({ length: 8 }, () => connectHost(path)));
    for (const host of hosts) named(host, 'phone');
    const ends = hosts.map((host) => host.ended);
    await Promise.race([Promise.all(ends.slice(0, -1)), Promise.all(ends.slice(1))]);
    air.find('phone')?.setStalled(false);
    const left = hosts.filter(({ socket }) => !socket.destroyed);
    expect(left).toHaveLength(1);
    for (const host of left) {
      await addressOf(host);
      // Nor does it see how the others are cleared away.
      expect(host.packets.map((packet) => packet.slice(0, 14))).toEqual([POWER_ON, READ_ADDRESS_COMPLETE]);
    }
    expect(server.counts.clients).toBe(1);
  });

  it('tells a client with a name when its adapter is switched off and on', async () => {
    const { path, air } = await createServedAir();
    const host = await connectHost(path);
    named(host, 'phone');
    await host.whenPacket(POWER_ON);
    air.find('phone')?.setPower(false);
    await host.whenPacket(POWER_OFF);
    air.find('phone')?.setPower(true);
    host.write(RESET);
    await host.whenPacket(RESET_COMPLETE);
    expect(host.packets.slice(0, 3)).toEqual([POWER_ON, POWER_OFF, POWER_ON]);
  });

  it('tells a client that its adapter was pulled, refuses it while that is so, and serves it when it is back', async () => {
    const { path, air, when } = await createServedAir();
    const host = await connectHost(path);
    named(host, 'phone');
    await host.whenPacket(POWER_ON);
    air.find('phone')?.pull();
    await host.ended;
    expect(host.packets).toEqual([POWER_ON, GONE]);
    const early = await connectHost(path);
    named(early, 'phone');
    await early.ended;
    expect(early.packets).toEqual([GONE]);
    expect((await when('refused')).why).toBe('the adapter phone is gone');
    air.find('phone')?.plug();
    const late = await connectHost(path);
    named(late, 'phone');
    await addressOf(late);
  });

  it.each([
    ['an event', '040e0401030c00'],
    ['synchronous data', '03400000'],
    ['a name that is too long', `ff4200 01 ${'41'.repeat(65)}`],
    ['a name after the first packet', `${RESET} ff0200 01 41`],
    ['a power', POWER_ON],
    ['anything else', '474554202f20'],
  ])('closes a client that sends %s, and goes on', async (_, bytes) => {
    const { path } = await createServedAir();
    const host = await connectHost(path);
    host.write(bytes);
    await host.ended;
    const next = await connectHost(path);
    next.write(RESET);
    await next.whenPacket(RESET_COMPLETE);
  });

  it('closes every client when it is closed, and takes its socket away', async () => {
    const { path, server } = await createServedAir();
    const host = await connectHost(path);
    host.write(RESET);
    await host.whenPacket(RESET_COMPLETE);
    await server.close();
    await host.ended;
    await expect(stat(path)).rejects.toThrow('ENOENT');
    expect(server.counts.clients).toBe(0);
  });
});
