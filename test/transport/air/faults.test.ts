import { afterEach, describe, expect, it } from 'vitest';
import { SimulatedClock } from 'xstate';
import { type Air, type AirOptions, createAir } from '../../../src/transport/air/air.js';
import { HciEvent } from '../../../src/transport/air/hci-codes.js';
import { advance } from '../../support/time.js';
import { aclPacket, attPacket, type LinkedHosts, linkHosts, unacknowledged } from './raw-host.js';

let air: Air;
let clock: SimulatedClock;
let hosts: LinkedHosts;

async function start(options: AirOptions): Promise<void> {
  clock = new SimulatedClock();
  air = createAir({ clock, ...options });
  hosts = await linkHosts(air.createAdapter(), air.createAdapter());
}

afterEach(() => air.close());

/** Sends packets in bursts that fit the controller. */
async function send(packets: readonly Buffer[], host = hosts.central): Promise<void> {
  for (const packet of packets) {
    host.write(packet);
    await host.event(HciEvent.numberOfCompletedPackets);
  }
}

function numbered(count: number, attOpcode?: number): Buffer[] {
  return Array.from({ length: count }, (_, index) => unacknowledged(hosts.out, Uint8Array.of(index), attOpcode));
}

/** The last byte of each ACL packet. */
function arrived({ received } = hosts.peripheral): (number | undefined)[] {
  return received.filter((packet) => packet[0] === 2).map((packet) => packet.at(-1));
}

async function survivors(seed: number): Promise<(number | undefined)[]> {
  await start({ seed, faults: { loss: 0.3 } });
  await send(numbered(100));
  await advance(clock, 0);
  const numbers = arrived();
  air.close();
  return numbers;
}

describe('a lossy air', () => {
  it('loses about as many packets as asked for, the same ones for the same seed', async () => {
    const [first, again, other] = [await survivors(7), await survivors(7), await survivors(8)];
    expect(first.length).toBeGreaterThan(50);
    expect(first.length).toBeLessThan(90);
    expect(again).toEqual(first);
    expect(other).not.toEqual(first);
  });

  it.each([
    ['write commands', 0x52, []],
    ['notifications', 0x1b, []],
    ['indications', 0x1d, [0, 1, 2]],
    ['write requests', 0x12, [0, 1, 2]],
    ['read responses', 0x0b, [0, 1, 2]],
  ])('does with %s what it may', async (_what, attOpcode, expected) => {
    await start({ faults: { loss: 1 } });
    await send(numbered(3, attOpcode));
    await advance(clock, 0);
    expect(arrived()).toEqual(expected);
  });

  it('leaves other channels alone', async () => {
    await start({ faults: { loss: 1 } });
    await send([attPacket(hosts.out, Uint8Array.of(0x52, 1, 2, 3), 5)]);
    await advance(clock, 0);
    expect(arrived()).toEqual([3]);
  });

  it('loses all fragments of a packet or none', async () => {
    await start({ faults: { loss: 0.5 } });
    const whole = attPacket(hosts.out, Buffer.concat([Uint8Array.of(0x52), Buffer.alloc(299)])).subarray(5);
    const fragments = [aclPacket(hosts.out, whole.subarray(0, 251)), aclPacket(hosts.out, whole.subarray(251), 1)];
    for (let count = 0; count < 40; count += 1) await send(fragments);
    await advance(clock, 0);
    const boundaries = hosts.peripheral.received
      .filter((packet) => packet[0] === 2)
      .map((packet) => (packet[2] ?? 0) >> 4);
    expect(boundaries.length).toBeGreaterThan(0);
    expect(boundaries.length).toBeLessThan(80);
    expect(boundaries).toEqual(boundaries.map((_, index) => (index % 2 === 0 ? 2 : 1)));
  });

  it('can be made good again', async () => {
    await start({ faults: { loss: 1 } });
    await send(numbered(1));
    air.setFaults({});
    await send(numbered(2));
    await advance(clock, 0);
    expect(arrived()).toEqual([0, 1]);
  });

  it('is refused for a share that is none', () => {
    expect(() => createAir({ faults: { loss: 1.1 } })).toThrow(RangeError);
    expect(() => createAir({ faults: { delayMs: [3, 2] } })).toThrow(RangeError);
  });
});

describe('a slow air', () => {
  it('delivers late, in order, and acknowledges at once', async () => {
    await start({ faults: { delayMs: [5, 50] } });
    await send(numbered(50));
    expect(arrived()).toEqual([]);
    await advance(clock, 50);
    expect(arrived()).toEqual(Array.from({ length: 50 }, (_, index) => index));
  });

  it('keeps the order of what is sent after the delays have ended', async () => {
    await start({ faults: { delayMs: [20, 20] } });
    await send(numbered(1));
    air.setFaults({});
    await send(numbered(2).slice(1));
    await advance(clock, 10);
    expect(arrived()).toEqual([]);
    await advance(clock, 10);
    expect(arrived()).toEqual([0, 1]);
  });
});
