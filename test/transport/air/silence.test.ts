import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SimulatedClock } from 'xstate';
import { type Adapter, type Air, createAir } from '../../../src/transport/air/air.js';
import { HciEvent, LeEvent, Opcode } from '../../../src/transport/air/hci-codes.js';
import { word } from '../../../src/transport/air/hci-events.js';
import { UNREAD_PACKETS } from '../../../src/transport/air/host-side.js';
import { advance, turns } from '../../support/time.js';
import {
  advertise,
  createConnection,
  createRawHost,
  type LinkedHosts,
  linkHosts,
  type RawHost,
  unacknowledged,
} from './raw-host.js';

/** The supervision timeout of these links. */
const SUPERVISION_MS = 420;

let clock: SimulatedClock;
let air: Air;
let hub: Adapter;
let phone: Adapter;
let hosts: LinkedHosts;

beforeEach(async () => {
  clock = new SimulatedClock();
  air = createAir({ clock });
  hub = air.createAdapter();
  phone = air.createAdapter();
  hosts = await linkHosts(hub, phone);
});

afterEach(() => air.close());

/** The reason of each Disconnection Complete so far. */
function endings({ received }: RawHost): (number | undefined)[] {
  return received
    .filter((packet) => packet[1] === HciEvent.disconnectionComplete && packet[0] === 4)
    .map((packet) => packet.at(-1));
}

function values({ received }: RawHost): (number | undefined)[] {
  return received.filter((packet) => packet[0] === 2).map((packet) => packet.at(-1));
}

describe('out of range', () => {
  it('a link ends on both sides after its supervision timeout', async () => {
    air.partition(hub, phone);
    await advance(clock, SUPERVISION_MS - 10);
    expect([endings(hosts.central), endings(hosts.peripheral)]).toEqual([[], []]);
    await advance(clock, 10);
    expect([endings(hosts.central), endings(hosts.peripheral)]).toEqual([[0x08], [0x08]]);
    expect([hub.counts.links, phone.counts.links]).toEqual([0, 0]);
  });

  it('a link that is back in time goes on, with what was sent meanwhile', async () => {
    air.partition(phone, hub);
    hosts.central.write(unacknowledged(hosts.out, Uint8Array.of(1)));
    await advance(clock, SUPERVISION_MS - 10);
    expect(values(hosts.peripheral)).toEqual([]);
    air.heal(hub, phone);
    await advance(clock, SUPERVISION_MS);
    expect(values(hosts.peripheral)).toEqual([1]);
    expect(endings(hosts.central)).toEqual([]);
  });

  it('a link that was back in time ends all the same when it is cut again', async () => {
    air.partition(hub, phone);
    air.heal(hub, phone);
    air.partition(hub, phone);
    await advance(clock, SUPERVISION_MS);
    expect([endings(hosts.central), endings(hosts.peripheral)]).toEqual([[0x08], [0x08]]);
  });

  it('nothing arrives of what was sent in the last moment, until they are back', async () => {
    hosts.central.write(unacknowledged(hosts.out, Uint8Array.of(1)));
    air.partition(phone, hub);
    await turns();
    expect(values(hosts.peripheral)).toEqual([]);
    air.heal(hub, phone);
    await turns();
    expect(values(hosts.peripheral)).toEqual([1]);
  });

  it('a host that hangs up has its way after the supervision timeout', async () => {
    air.partition(hub, phone);
    await hosts.central.command(Opcode.disconnect, Buffer.concat([word(hosts.out), Uint8Array.of(0x13)]));
    await advance(clock, SUPERVISION_MS);
    expect([endings(hosts.central), endings(hosts.peripheral)]).toEqual([[0x16], [0x08]]);
  });

  it('other links go on', async () => {
    const other = air.createAdapter();
    const device = createRawHost(other);
    await advertise(device);
    await hosts.central.command(Opcode.leCreateConnection, createConnection(other.address));
    await device.leEvent(LeEvent.connectionComplete);
    air.partition(hub, phone);
    await advance(clock, SUPERVISION_MS);
    expect([endings(hosts.central), endings(device)]).toEqual([[0x08], []]);
  });
});

describe('an adapter', () => {
  it('that is switched off ends its links with the reason, and hears nothing until it is on', async () => {
    phone.setPower(false);
    await turns();
    expect([endings(hosts.central), endings(hosts.peripheral)]).toEqual([[0x15], [0x16]]);
    hosts.peripheral.write(Buffer.from('01030c00', 'hex'));
    await turns();
    expect(hosts.peripheral.received.at(-1)?.[1]).toBe(HciEvent.disconnectionComplete);
    expect([phone.power, hosts.peripheral.powers]).toEqual(['off', ['off']]);
    phone.setPower(true);
    expect((await hosts.peripheral.command(Opcode.reset)).at(-1)).toBe(0);
    expect(hosts.peripheral.powers).toEqual(['off', 'on']);
  });

  it('that is switched off no longer advertises, also when it is on again', async () => {
    const other = createRawHost(air.createAdapter());
    await advertise(other);
    air.adapters[2]?.setPower(false);
    air.adapters[2]?.setPower(true);
    await hosts.central.command(Opcode.leCreateConnection, createConnection(air.adapters[2]?.address ?? ''));
    await advance(clock, 2_000);
    expect(hub.counts.links).toBe(1);
  });

  it('that is switched off out of range leaves its peer to the supervision timeout', async () => {
    air.partition(hub, phone);
    phone.setPower(false);
    await turns();
    expect([endings(hosts.central), endings(hosts.peripheral)]).toEqual([[], [0x16]]);
    await advance(clock, SUPERVISION_MS);
    expect(endings(hosts.central)).toEqual([0x08]);
  });

  it('that is pulled says nothing: its peer notices after the supervision timeout', async () => {
    phone.pull();
    await advance(clock, SUPERVISION_MS - 10);
    expect(endings(hosts.central)).toEqual([]);
    await advance(clock, 10);
    expect([endings(hosts.central), endings(hosts.peripheral)]).toEqual([[0x08], []]);
    expect([phone.power, hosts.peripheral.powers]).toEqual(['gone', ['gone']]);
  });

  it('that is pulled takes no hosts until it is back, and then new ones only', async () => {
    phone.pull();
    expect(() => createRawHost(phone)).toThrow('gone');
    phone.plug();
    const before = hosts.peripheral.received.length;
    hosts.peripheral.write(Buffer.from('01030c00', 'hex'));
    expect((await createRawHost(phone).command(Opcode.reset)).at(-1)).toBe(0);
    expect(hosts.peripheral.received).toHaveLength(before);
  });

  it('that is back does not know the places that hosts had before, not even those that come again', async () => {
    const host = { receive: () => {} };
    const before = phone.attach(host);
    phone.pull();
    phone.plug();
    phone.attach(host);
    before.write(Buffer.from('01fffc00', 'hex'));
    expect(phone.counts.unknownCommands).toEqual([]);
  });

  it('that its host resets forgets its links without a word', async () => {
    await hosts.peripheral.command(Opcode.reset);
    await advance(clock, SUPERVISION_MS);
    expect([endings(hosts.central), endings(hosts.peripheral)]).toEqual([[0x08], []]);
  });

  it('does not keep what a host asks for out of range, over and over', async () => {
    air.partition(hub, phone);
    const questions = Array.from({ length: 65 }, () =>
      hosts.central.command(Opcode.leReadRemoteFeatures, word(hosts.out)),
    );
    const statuses = (await Promise.all(questions)).map((answer) => answer[3]);
    expect([statuses.indexOf(0x0c), statuses.lastIndexOf(0)]).toEqual([64, 63]);
  });
});

describe('a host that reads nothing', () => {
  it('gets what fits its receive buffer later, and never what came after it', async () => {
    phone.setStalled(true);
    for (let index = 0; index < 200; index += 1) {
      hosts.central.write(unacknowledged(hosts.out, Uint8Array.of(index)));
      if (index % 8 === 7) await hosts.central.event(HciEvent.numberOfCompletedPackets);
    }
    await turns();
    expect(values(hosts.peripheral)).toEqual([]);
    expect(phone.counts.unread).toBe(200 - UNREAD_PACKETS);
    phone.setStalled(false);
    hosts.central.write(unacknowledged(hosts.out, Uint8Array.of(255)));
    await turns();
    expect(values(hosts.peripheral)).toEqual([...Array.from({ length: UNREAD_PACKETS }, (_, index) => index), 255]);
  });
});
