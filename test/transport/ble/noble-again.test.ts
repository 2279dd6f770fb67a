import { describe, expect, test } from 'vitest';
import type { HciSocketClass } from '../../../src/transport/ble/stacks.js';
import { addLamp, endOf, failureOf, hear, link, signal, startCentral } from './central-fixture.js';

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
