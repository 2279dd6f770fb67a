import { BehaviorSubject, Subject } from 'rxjs';
import { describe, expect, it, onTestFinished } from 'vitest';
import { SimulatedClock } from 'xstate';
import type { FromRadio, PacketsMessage } from '../../../src/transport/ble/process/radio-messages.js';
import { createOutbox } from '../../../src/transport/ble/process/radio-outbox.js';
import { type ServedRadio, serveRadio } from '../../../src/transport/ble/process/serve-radio.js';
import type { BleRadio, Heard } from '../../../src/transport/ble/radio.js';
import type { Link } from '../../../src/transport/transport.js';
import { createLinkedPair } from '../../support/links.js';
import { turns } from '../../support/time.js';

describe('a served radio', () => {
  it('tells in one message what a turn brought', async () => {
    const { radio, batches, incoming } = serve();
    radio.heard.next(heard(1));
    radio.heard.next(heard(2));
    const { left, right } = await createLinkedPair();
    incoming.next(right);
    left.write(Uint8Array.of(1));
    left.write(Uint8Array.of(2));
    await turns();
    expect(batches.map((batch) => batch.map(({ type }) => type))).toEqual([
      ['state', 'heard', 'heard', 'incoming', 'packets'],
    ]);
  });

  it('waits while the broker has not read, and then tells all that waited', async () => {
    const { radio, batches, outbox } = serve();
    for (let number = 0; number < 10; number += 1) {
      radio.heard.next(heard(number));
      await turns(2);
    }
    expect(batches).toHaveLength(4);
    outbox.confirm();
    expect(batches[4]).toHaveLength(6);
  });

  it('keeps only so much for a broker that does not read', async () => {
    const { radio, batches, outbox, incoming } = serve();
    const { left, right } = await createLinkedPair();
    incoming.next(right);
    await stall(radio);
    for (let number = 0; number < 1_000; number += 1) {
      radio.heard.next(heard(number));
      radio.cards.next(Uint8Array.of(1));
      left.write(Uint8Array.of(number));
      await turns(1);
    }
    left.close();
    await turns();
    outbox.confirm();
    const last = batches.at(-1) ?? [];
    const count = (type: string): number => last.filter((message) => message.type === type).length;
    expect([count('heard'), count('card'), count('packets'), packetsIn(last)]).toEqual([64, 8, 1, 168]);
    expect(last.at(-1)).toEqual({ type: 'ended', link: 1, end: 'closed-there' });
  });

  it('gives room for what the link took', async () => {
    const { served, batches, incoming } = serve();
    const { air, left, right } = await createLinkedPair();
    air.setFaults({ capacityPackets: 3, delayMs: [60_000, 60_000] });
    incoming.next(left);
    served.obey({ type: 'packets', link: 1, packets: packets(16) });
    await turns();
    expect(roomIn(batches.flat())).toBe(3);
    right.close();
  });

  it('closes a link behind what was written to it', async () => {
    const { served, incoming } = serve();
    const { left, right } = await createLinkedPair();
    incoming.next(left);
    const arrived: (number | string)[] = [];
    right.packets$.subscribe(([number = -1]) => arrived.push(number));
    right.ended$.subscribe((end) => arrived.push(end));
    served.obey({ type: 'packets', link: 1, packets: packets(3) });
    served.obey({ type: 'end', link: 1, end: 'duplicate' });
    await turns();
    expect(arrived).toEqual([0, 1, 2, 'closed-there']);
  });

  it('closes a link that takes nothing all the same', async () => {
    const { served, incoming, clock, batches } = serve();
    const { link, closed } = stuckLink();
    incoming.next(link);
    served.obey({ type: 'packets', link: 1, packets: packets(1) });
    served.obey({ type: 'end', link: 1, end: 'closed-here' });
    clock.increment(499);
    expect(closed()).toBe(false);
    clock.increment(1);
    expect(closed()).toBe(true);
    await turns();
    expect(roomIn(batches.flat())).toBe(0);
  });

  it('knows nothing of links that have ended', async () => {
    const { served, incoming } = serve();
    const { left, right } = await createLinkedPair();
    incoming.next(left);
    right.close();
    await turns();
    served.obey({ type: 'packets', link: 1, packets: packets(1) });
    expect(() => served.obey({ type: 'end', link: 1, end: 'closed-here' })).not.toThrow();
  });

  it('says when the radio is beyond use', () => {
    const { radio, failures } = serve();
    radio.state.error(new Error('the socket broke'));
    expect(failures).toEqual([new Error('the socket broke')]);
  });
});

/** `send` confirms nothing by itself. */
function serve() {
  const batches: (readonly FromRadio[])[] = [];
  const failures: unknown[] = [];
  const clock = new SimulatedClock();
  const outbox = createOutbox<FromRadio>((batch) => batches.push(batch), 4);
  const incoming = new Subject<Link>();
  const radio = {
    state: new BehaviorSubject('poweredOn' as const),
    heard: new Subject<Heard>(),
    cards: new Subject<Uint8Array>(),
  };
  const port: BleRadio = {
    hasCentral: true,
    hasPeripheral: true,
    state$: radio.state,
    heard$: radio.heard,
    incoming$: incoming,
    cards$: radio.cards,
    advertise: () => {},
    connect: () => Promise.reject(new Error('not here')),
    visit: () => Promise.reject(new Error('not here')),
    close: async () => {},
  };
  const served: ServedRadio = serveRadio(port, outbox, { clock, onFailure: (error) => failures.push(error) });
  onTestFinished(() => incoming.complete());
  return { served, radio, incoming, outbox, batches, failures, clock };
}

/** Fills the way to the broker. */
async function stall(radio: { readonly heard: Subject<Heard> }): Promise<void> {
  for (let batch = 0; batch < 4; batch += 1) {
    radio.heard.next(heard(batch));
    await turns(2);
  }
}

function heard(number: number): Heard {
  return { address: String(number), rssi: -50, hint: Uint8Array.of(number) };
}

function packets(count: number): Uint8Array[] {
  return Array.from({ length: count }, (_, number) => Uint8Array.of(number));
}

function packetsIn(batch: readonly FromRadio[]): number {
  const found = batch.filter((message): message is PacketsMessage => message.type === 'packets');
  return found.reduce((sum, message) => sum + message.packets.length, 0);
}

function roomIn(batch: readonly FromRadio[]): number {
  return batch.reduce((sum, message) => sum + (message.type === 'room' ? message.packets : 0), 0);
}

/** A link whose radio has enough to do for ever. */
function stuckLink(): { readonly link: Link; closed(): boolean } {
  let isClosed = false;
  const nothing = new Subject<never>();
  const link: Link = {
    isDialler: true,
    packetBytes: 244,
    packets$: nothing,
    write: () => false,
    writable$: nothing,
    ended$: nothing,
    close: () => {
      isClosed = true;
    },
  };
  return { link, closed: () => isClosed };
}
