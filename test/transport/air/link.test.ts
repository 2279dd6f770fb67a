import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Adapter, type Air, createAir } from '../../../src/transport/air/air.js';
import { HciEvent, LeEvent, Opcode } from '../../../src/transport/air/hci-codes.js';
import { word } from '../../../src/transport/air/hci-events.js';
import { turns } from '../../support/time.js';
import {
  aclPacket,
  advertise,
  attPacket,
  createConnection,
  createRawHost,
  linkHosts,
  unacknowledged,
} from './raw-host.js';

const KEY = Buffer.alloc(16, 7);

let air: Air;
let hub: Adapter;
let phone: Adapter;

beforeEach(() => {
  air = createAir();
  hub = air.createAdapter();
  phone = air.createAdapter();
});

afterEach(() => air.close());

/** The handles of the two sides differ. */
async function linked() {
  const other = air.createAdapter();
  const first = createRawHost(other);
  await advertise(first);
  const central = createRawHost(hub);
  await central.command(Opcode.leCreateConnection, createConnection(other.address));
  await central.leEvent(LeEvent.connectionComplete);
  const hosts = await linkHosts(hub, phone);
  expect([hosts.out, hosts.in]).toEqual([0x41, 0x40]);
  return hosts;
}

function hex(packet: Buffer): string {
  return packet.toString('hex');
}

describe('data on a link', () => {
  it("arrives whole, under the other side's handle and as a controller flags it", async () => {
    const { central, peripheral, out, in: into } = await linked();
    central.write(aclPacket(out, Buffer.from('04000400520300aa', 'hex')));
    expect(hex(await peripheral.acl())).toBe('02402008000400040052030' + '0aa');
    peripheral.write(aclPacket(into, Buffer.from('040004001b0300bb', 'hex')));
    expect(hex(await central.acl())).toBe('024120080004000400' + '1b0300bb');
  });

  it('keeps its fragments apart and in order', async () => {
    const { central, peripheral, out } = await linked();
    const whole = attPacket(out, Buffer.alloc(300, 5)).subarray(5);
    central.write(aclPacket(out, whole.subarray(0, 251)));
    central.write(aclPacket(out, whole.subarray(251), 1));
    const [first, second] = [await peripheral.acl(), await peripheral.acl()];
    expect(hex(first.subarray(0, 5))).toBe('024020fb00');
    expect(hex(second.subarray(0, 5))).toBe('0240103500');
    expect(Buffer.concat([first.subarray(5), second.subarray(5)])).toEqual(whole);
  });

  it('is acknowledged with Number Of Completed Packets', async () => {
    const { central, out } = await linked();
    for (let index = 0; index < 3; index += 1) central.write(unacknowledged(out, Uint8Array.of(index)));
    expect(hex(await central.event(HciEvent.numberOfCompletedPackets))).toBe('041305014100' + '0300');
  });

  it('beyond the buffers is counted, over all links, and carried all the same', async () => {
    const { central, peripheral, out } = await linked();
    const other = air.adapters[2]?.counts;
    for (let index = 0; index < 5; index += 1) central.write(unacknowledged(0x40, Uint8Array.of(index)));
    for (let index = 0; index < 5; index += 1) central.write(unacknowledged(out, Uint8Array.of(index)));
    for (let index = 0; index < 5; index += 1) expect((await peripheral.acl()).at(-1)).toBe(index);
    expect([hub.counts.overflows, other?.overflows]).toEqual([2, 0]);
    for (let index = 0; index < 8; index += 1) central.write(unacknowledged(out, Uint8Array.of(index)));
    expect(hub.counts.overflows).toBe(2);
  });

  it('longer than the buffers is counted, too', async () => {
    const { central, out } = await linked();
    central.write(unacknowledged(out, Buffer.alloc(245)));
    expect(hub.counts.overflows).toBe(1);
  });

  it('for no link is counted and goes nowhere', async () => {
    const { central, peripheral } = await linked();
    central.write(unacknowledged(0x99, Uint8Array.of(1)));
    await turns();
    expect(hub.counts.staleData).toBe(1);
    expect(peripheral.received.filter((packet) => packet[0] === 2)).toEqual([]);
  });

  it('is measured: the values of what is unacknowledged, and everything on ATT', async () => {
    const { central, out } = await linked();
    central.write(unacknowledged(out, Buffer.alloc(100)));
    central.write(attPacket(out, Uint8Array.of(0x02, 0x00, 0x01)));
    central.write(attPacket(out, Buffer.alloc(50), 5));
    expect(hub.counts).toMatchObject({ attBytes: 100, attPduBytes: 106 });
  });

  it('that is no whole packet is ignored', async () => {
    const { central, peripheral, out } = await linked();
    const whole = unacknowledged(out, Uint8Array.of(1));
    for (let length = 0; length < whole.length; length += 1) central.write(whole.subarray(0, length));
    central.write(Uint8Array.of(9, 9, 9));
    await turns();
    expect(peripheral.received.filter((packet) => packet[0] === 2)).toEqual([]);
    expect(hub.counts.staleData).toBe(0);
  });
});

describe('Disconnect', () => {
  it('tells both sides why, after what was sent before it', async () => {
    const { central, peripheral, out } = await linked();
    central.write(unacknowledged(out, Uint8Array.of(1)));
    const status = await central.command(Opcode.disconnect, Buffer.concat([word(out), Uint8Array.of(0x13)]));
    expect(hex(status)).toBe('040f0400010604');
    expect(hex(await central.event(HciEvent.disconnectionComplete))).toBe('040504' + '00410016');
    expect(hex(await peripheral.event(HciEvent.disconnectionComplete))).toBe('040504' + '00400013');
    expect((await peripheral.acl()).at(-1)).toBe(1);
    expect([hub.counts.links, phone.counts.links]).toEqual([1, 0]);
  });

  it('is refused for reasons that a host may not give, and while one is under way', async () => {
    const { central, out } = await linked();
    const reasons = [0x16, 0x13, 0x13].map((reason) => Buffer.concat([word(out), Uint8Array.of(reason)]));
    const answers = reasons.map((parameters) => central.command(Opcode.disconnect, parameters));
    expect((await Promise.all(answers)).map((answer) => answer[3])).toEqual([0x12, 0x00, 0x0c]);
  });

  it('leaves nothing to be said about the link', async () => {
    const { central, out } = await linked();
    const disconnect = central.command(Opcode.disconnect, Buffer.concat([word(out), Uint8Array.of(0x13)]));
    const question = central.command(Opcode.leReadRemoteFeatures, word(out));
    expect((await Promise.all([disconnect, question])).map((answer) => answer[3])).toEqual([0, 0]);
    await turns();
    expect(central.received.at(-1)?.[1]).toBe(HciEvent.disconnectionComplete);
  });

  it('frees the buffers of what was not sent', async () => {
    const { central, out } = await linked();
    await phone.pull();
    for (let index = 0; index < 8; index += 1) central.write(unacknowledged(out, Uint8Array.of(index)));
    hub.setPower(false);
    hub.setPower(true);
    expect(hub.counts.overflows).toBe(0);
    phone.plug();
    const again = await linkHosts(hub, phone);
    again.central.write(unacknowledged(again.out, Uint8Array.of(1)));
    expect(hub.counts.overflows).toBe(0);
  });
});

describe('a host asks', () => {
  it('for new connection parameters, and both hosts learn them', async () => {
    const { central, peripheral, out } = await linked();
    const parameters = Buffer.concat([out, 12, 24, 0, 200, 0, 0].map(word));
    expect((await central.command(Opcode.leConnectionUpdate, parameters))[3]).toBe(0);
    expect(hex(await central.leEvent(LeEvent.connectionUpdateComplete))).toBe('043e0a03004100' + '18000000c800');
    expect(hex(await peripheral.leEvent(LeEvent.connectionUpdateComplete))).toBe('043e0a03004000' + '18000000c800');
  });

  it('for new connection parameters only as central', async () => {
    const { peripheral, in: into } = await linked();
    const parameters = Buffer.concat([into, 12, 24, 0, 200, 0, 0].map(word));
    expect((await peripheral.command(Opcode.leConnectionUpdate, parameters))[3]).toBe(0x1a);
  });

  it('what the other controller is', async () => {
    const { peripheral, in: into } = await linked();
    await peripheral.command(Opcode.leReadRemoteFeatures, word(into));
    expect(hex(await peripheral.leEvent(LeEvent.readRemoteFeaturesComplete))).toBe(
      '043e0c04004000' + '2101000000000000',
    );
    await peripheral.command(Opcode.readRemoteVersion, word(into));
    expect(hex(await peripheral.event(HciEvent.readRemoteVersionComplete))).toBe('040c08' + '004000' + '09ffff0000');
  });

  it('how strong the signal is', async () => {
    const { central, out } = await linked();
    air.setRssi(phone, hub, -90);
    expect(hex(await central.command(Opcode.readRssi, word(out)))).toBe('040e07010514' + '004100' + 'a6');
  });

  it('for longer packets, and gets what both controllers can', async () => {
    const small = air.createAdapter({ dataLengthBytes: 100 });
    const { central, peripheral, out } = await linkHosts(hub, small);
    const parameters = Buffer.concat([word(out), word(251), word(2120)]);
    expect(hex(await central.command(Opcode.leSetDataLength, parameters))).toBe('040e06012220' + '004000');
    const change = '6400' + '9003' + '6400' + '9003';
    expect(hex(await central.leEvent(LeEvent.dataLengthChange))).toBe(`043e0b074000${change}`);
    expect(hex(await peripheral.leEvent(LeEvent.dataLengthChange))).toBe(`043e0b074000${change}`);
    const before = central.received.length;
    await central.command(Opcode.leSetDataLength, parameters);
    await turns();
    expect(central.received).toHaveLength(before + 1);
  });

  it('for longer packets on every connection to come', async () => {
    const host = createRawHost(phone);
    await host.command(Opcode.leWriteSuggestedDataLength, Buffer.concat([word(251), word(2120)]));
    const { central } = await linkHosts(hub, phone);
    expect(hex(await central.leEvent(LeEvent.dataLengthChange))).toBe('043e0b074000' + 'fb004808fb004808');
  });

  it('for a faster radio', async () => {
    const { central, peripheral, out } = await linked();
    await central.command(Opcode.leSetPhy, Buffer.concat([word(out), Uint8Array.of(0, 2, 1, 0, 0)]));
    expect(hex(await central.leEvent(LeEvent.phyUpdateComplete))).toBe('043e060c0041000201');
    expect(hex(await peripheral.leEvent(LeEvent.phyUpdateComplete))).toBe('043e060c0040000102');
    expect(hex(await central.command(Opcode.leReadPhy, word(out)))).toBe('040e08013020' + '0041000201');
  });

  it('for encryption, and gets it when the other host has the same key', async () => {
    const { central, peripheral, out, in: into } = await linked();
    await central.command(Opcode.leStartEncryption, Buffer.concat([word(out), Buffer.alloc(10, 3), KEY]));
    expect(hex(await peripheral.leEvent(LeEvent.longTermKeyRequest))).toBe(`043e0d054000${'03'.repeat(10)}`);
    await peripheral.command(Opcode.leLongTermKeyReply, Buffer.concat([word(into), KEY]));
    expect(hex(await central.event(HciEvent.encryptionChange))).toBe('04080400410001');
    expect(hex(await peripheral.event(HciEvent.encryptionChange))).toBe('04080400400001');
  });

  it('for encryption in vain when the other host has another key, or none', async () => {
    const { central, peripheral, out, in: into } = await linked();
    const start = Buffer.concat([word(out), Buffer.alloc(10, 3), KEY]);
    await central.command(Opcode.leStartEncryption, start);
    await peripheral.command(Opcode.leLongTermKeyNegativeReply, word(into));
    expect(hex(await central.event(HciEvent.encryptionChange))).toBe('04080406410000');
    expect((await central.command(Opcode.leStartEncryption, start))[3]).toBe(0);
    await peripheral.command(Opcode.leLongTermKeyReply, Buffer.concat([word(into), Buffer.alloc(16)]));
    expect((await central.event(HciEvent.disconnectionComplete)).at(-1)).toBe(0x3d);
  });
});
