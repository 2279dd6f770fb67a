import { describe, expect, test } from 'vitest';
import type { HciSocketClass } from '../../../src/transport/ble/stacks.js';
import { advanceUntil } from '../../support/time.js';
import { addLamp, card, endOf, failureOf, hear, link, signal, startCentral } from './central-fixture.js';

const LE_CREATE_CONNECTION = 0x200d;
const NOT_ESTABLISHED = 0x3e;

/** A controller that hears the peer's answer to no connection request, so many times. */
function hardOfHearing(Socket: HciSocketClass, times: number): HciSocketClass {
  let misses = times;
  return class extends Socket {
    override write(packet: Buffer): void {
      if (packet[0] !== 1 || packet.readUInt16LE(1) !== LE_CREATE_CONNECTION || misses === 0)
        return super.write(packet);
      misses -= 1;
      setImmediate(() => {
        this.emit('data', Buffer.from([0x04, 0x0f, 4, 0, 1, LE_CREATE_CONNECTION & 0xff, LE_CREATE_CONNECTION >> 8]));
        this.emit('data', Buffer.from([0x04, 0x3e, 19, 1, NOT_ESTABLISHED, ...Buffer.alloc(17)]));
      });
    }
  };
}

describe('noble central › connecting again', () => {
  test('waits for the connection before, whose end only the other side knows yet', async () => {
    const fixture = await startCentral();
    const lamp = addLamp(fixture.air);
    const [first, firstThere] = await link(fixture, lamp);
    firstThere.close();
    await endOf(firstThere);
    const second = await fixture.central.connect(lamp.adapter.address, { signal });
    expect(await endOf(first)).toBe('closed-there');
    expect(second.write(Uint8Array.of(1))).toBe(true);
  });

  test('happens at once when the peer was lost on the way, twice', async () => {
    const fixture = await startCentral({ over: (Socket) => hardOfHearing(Socket, 2) });
    const lamp = addLamp(fixture.air);
    const [here] = await link(fixture, lamp);
    expect(here.write(Uint8Array.of(1))).toBe(true);
  });

  test('does not happen for ever', async () => {
    const fixture = await startCentral({ over: (Socket) => hardOfHearing(Socket, 3) });
    const lamp = addLamp(fixture.air);
    await hear(fixture, lamp.adapter);
    const failure = await failureOf(fixture.central.connect(lamp.adapter.address, { signal }));
    expect(failure).toMatchObject({ failure: 'busy', message: expect.stringContaining('(0x3e)') });
    const [here] = await link(fixture, lamp);
    expect(here.write(Uint8Array.of(1))).toBe(true);
  });
});

describe('noble central › devices that are heard and cannot be reached', () => {
  test('wait for the others once they have failed, and so do visits', async () => {
    const fixture = await startCentral();
    const { air, hub, central, clock } = fixture;
    const [dead, dying, lamp] = ['dead', 'dying', 'lamp'].map((name) => addLamp(air, name).adapter);
    if (dead === undefined || dying === undefined || lamp === undefined) throw new Error('three were added');
    for (const adapter of [dead, dying, lamp]) await hear(fixture, adapter);
    air.partition(hub, dead);
    air.partition(hub, dying);
    await failureOf(advanceUntil(clock, central.connect(dead.address, { signal })));

    const order: string[] = [];
    const attempt = (name: string, promise: Promise<unknown>): Promise<unknown> =>
      promise.catch(() => {}).then(() => order.push(name));
    const all = [
      attempt('dying', central.connect(dying.address, { signal })),
      attempt('visit', central.visit(lamp.address, card, { signal })),
      attempt('dead', central.connect(dead.address, { signal })),
      attempt(
        'lamp',
        central.connect(lamp.address, { signal }).then((link) => link.close()),
      ),
    ];
    await advanceUntil(clock, Promise.all(all));
    expect(order).toEqual(['dying', 'lamp', 'visit', 'dead']);
  });
});
