import { describe, expect, test } from 'vitest';
import type { HciSocketClass } from '../../../src/transport/ble/stacks.js';
import { upTo } from '../../support/links.js';
import { advance, turns } from '../../support/time.js';
import {
  addLamp,
  type CentralFixture,
  failureOf,
  hear,
  type Lamp,
  link,
  signal,
  startCentral,
} from './central-fixture.js';

function connect({ central }: CentralFixture, { adapter }: Lamp, stop: AbortSignal = signal) {
  return central.connect(adapter.address, { signal: stop });
}

describe('noble central › nobody waits any more', () => {
  test.each(upTo(30))(
    'after %i turns of the event loop: nothing stays open, and the next link opens',
    async (count) => {
      const fixture = await startCentral();
      const lamp = addLamp(fixture.air);
      await hear(fixture, lamp.adapter);
      const stop = new AbortController();
      const attempt = connect(fixture, lamp, stop.signal).then(
        (opened) => opened.close(),
        (error: unknown) => expect(error).toMatchObject({ name: 'DialError', failure: 'aborted' }),
      );
      await turns(count);
      stop.abort();
      await attempt;
      const [here] = await link(fixture, lamp);
      expect([fixture.hub.counts.links, lamp.adapter.counts.links]).toEqual([1, 1]);
      expect(here.write(Uint8Array.of(1))).toBe(true);
      expect(fixture.lines).toEqual([]);
    },
  );

  test('just as the connection is there: it is closed again', async () => {
    const fixture = await startCentral();
    const lamp = addLamp(fixture.air);
    await hear(fixture, lamp.adapter);
    const stop = new AbortController();
    const watching = fixture.air.trace$.subscribe(({ adapter, packet }) => {
      if (adapter === fixture.hub && packet[1] === 0x3e && packet[3] === 0x01) stop.abort();
    });
    expect((await failureOf(connect(fixture, lamp, stop.signal))).failure).toBe('aborted');
    watching.unsubscribe();
    await link(fixture, lamp);
  });

  test('and the controller does not cancel: a late connection is closed', async () => {
    const fixture = await startCentral({ over: withoutCancel });
    const lamp = addLamp(fixture.air);
    await hear(fixture, lamp.adapter);
    fixture.air.partition(fixture.hub, lamp.adapter);
    const failure = failureOf(connect(fixture, lamp));
    await advance(fixture.clock, 5_000);
    expect((await failure).failure).toBe('not-in-range');
    fixture.air.heal(fixture.hub, lamp.adapter);
    await turns(100);
    expect(fixture.lines[0]).toBe(`the controller does not stop connecting to ${lamp.adapter.address}`);
    await link(fixture, lamp);
  });

  test('before its turn: the others go on', async () => {
    const fixture = await startCentral();
    const lamps = ['one', 'two', 'three'].map((name) => addLamp(fixture.air, name));
    for (const { adapter } of lamps) await hear(fixture, adapter);
    const stop = new AbortController();
    const results = Promise.allSettled(
      lamps.map((lamp, number) => connect(fixture, lamp, number === 1 ? stop.signal : signal)),
    );
    stop.abort();
    expect((await results).map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(lamps.map(({ links }) => links.length)).toEqual([1, 0, 1]);
  });
});

/** A controller to which LE Create Connection Cancel never gets. */
function withoutCancel(Socket: HciSocketClass): HciSocketClass {
  return class extends Socket {
    override write(packet: Buffer): void {
      if (packet.readUInt16LE(1) !== 0x200e) super.write(packet);
    }
  };
}
