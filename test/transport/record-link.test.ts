import { createHash } from 'node:crypto';
import { firstValueFrom, lastValueFrom } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { SimulatedClock } from 'xstate';
import { hex, nextValues, patternBytes } from '../../src/transport/contract/stage.js';
import type { Faults } from '../../src/transport/faults.js';
import type { MemoryAir, MemoryAirOptions } from '../../src/transport/memory.js';
import { createRecordLink, type RecordLink } from '../../src/transport/record-link.js';
import type { Link } from '../../src/transport/transport.js';
import { createLinkedPair, upTo } from '../support/links.js';
import { advance, advanceUntil, type Increments, turns } from '../support/time.js';
import { type WatchedClock, type WatchedLink, watchClock, watchLink } from '../support/watch.js';

const MAX_BYTES = 5_000;
const QUEUE_BYTES = 10_000;

/** Radios as bad as they come, and the smallest packets there are. */
const hardships: readonly [name: string, packetBytes: number, faults: Partial<Faults>][] = [
  ['nothing goes wrong', 244, {}],
  ['packets are as small as may be', 20, {}],
  ['packets are late', 244, { delayMs: [5, 60] }],
  ['a tenth of the packets is lost', 244, { delayMs: [5, 20], lossRate: 0.1 }],
  ['a third of the packets is lost', 100, { delayMs: [5, 20], lossRate: 0.3 }],
  ['packets are doubled', 244, { delayMs: [0, 10], duplicateRate: 0.5 }],
  ['packets overtake each other', 244, { delayMs: [0, 10], reorderRate: 0.2 }],
  ['the radio takes one packet at a time', 20, { capacityPackets: 1 }],
  [
    'everything is bad at once',
    50,
    { delayMs: [1, 30], lossRate: 0.1, duplicateRate: 0.1, reorderRate: 0.1, capacityPackets: 5 },
  ],
];

describe('record link', () => {
  it.each(hardships)('carries records both ways, once and in order, when %s', async (_, packetBytes, faults) => {
    for (const seed of [1, 2, 3]) {
      const { clock, air, left, right } = await createPair({ packetBytes, seed });
      air.setFaults(faults);
      const lengths = [1, 16, 17, 18, 500, 1, MAX_BYTES, 241, 242, 30];
      const records = lengths.map((length, place) => patternBytes(length, place));
      const arrived = Promise.all([nextValues(right.records.records$, 10), nextValues(left.records.records$, 10)]);
      for (const record of records) {
        left.records.write(record);
        right.records.write(record);
      }
      for (const list of await advanceUntil(clock, arrived)) expect(list.map(digest)).toEqual(records.map(digest));
    }
  });

  it('loses nothing to a reader that stalls for seconds', async () => {
    const { clock, air, left, right } = await createPair({ packetBytes: 244 });
    const arrived = collect(right.records);
    air.stall('right', 3_000);
    upTo(100).forEach((number) => void left.records.write(patternBytes(1_000, number)));
    await advance(clock, 10_000);
    expect(arrived.map(digest)).toEqual(upTo(100).map((number) => digest(patternBytes(1_000, number))));
  });

  it("ends 'silent' when nothing is acknowledged any more", async () => {
    const { clock, air, left } = await createPair({ packetBytes: 244 });
    air.setFaults({ lossRate: 1 });
    left.records.write(Uint8Array.of(1));
    expect(await advanceUntil(clock, lastValueFrom(left.records.ended$))).toBe('silent');
  });

  it.each([
    ['is too short for a header', Uint8Array.of(1, 2)],
    ['goes on with a record that never began', Uint8Array.of(0, 0, 0, 9)],
    ['acknowledges what was never sent', Uint8Array.of(0, 0, 5)],
  ])("ends with 'protocol-violation' when a packet %s", async (_, packet) => {
    const { left, right } = await createPair({});
    right.link.write(packet);
    expect(await lastValueFrom(left.records.ended$)).toBe('protocol-violation');
    expect(await lastValueFrom(right.records.ended$)).toBe('closed-there');
  });

  it('refuses a record that is longer than agreed, until longer ones are allowed', async () => {
    const patient = await createPair({});
    patient.right.records.setMaxRecordBytes(MAX_BYTES + 1);
    patient.left.records.write(patternBytes(MAX_BYTES + 1));
    expect((await firstValueFrom(patient.right.records.records$)).length).toBe(MAX_BYTES + 1);

    const strict = await createPair({});
    strict.left.records.write(patternBytes(MAX_BYTES + 1));
    expect(await lastValueFrom(strict.right.records.ended$)).toBe('protocol-violation');
  });

  it('keeps records until someone reads them, also beyond its end', async () => {
    const { left, right } = await createPair({});
    left.records.write(Uint8Array.of(1));
    left.records.write(Uint8Array.of(2));
    await turns();
    right.link.close();
    expect(collect(right.records).map(hex)).toEqual(['01', '02']);
  });

  it('says when it has enough to send, and when it wants more', async () => {
    const { clock, air, left, right } = await createPair({ packetBytes: 20 });
    air.setFaults({ delayMs: [10, 10] });
    const arrived = collect(right.records);
    let wanted = 0;
    left.records.writable$.subscribe(() => {
      wanted += 1;
    });
    left.records.write(patternBytes(MAX_BYTES));
    expect(left.records.isWritable()).toBe(true);
    left.records.write(patternBytes(MAX_BYTES));
    expect(left.records.isWritable()).toBe(false);
    await advance(clock, 5_000);
    expect([left.records.isWritable(), wanted, arrived.length]).toEqual([true, 1, 2]);
  });

  it('says when everything has arrived', async () => {
    const { clock, left, right } = await createPair({});
    collect(right.records);
    let isIdle = false;
    left.records.write(Uint8Array.of(1));
    left.records.idle$.subscribe(() => {
      isIdle = true;
    });
    await turns();
    expect(isIdle).toBe(false);
    await advance(clock, 100);
    expect(isIdle).toBe(true);
  });

  it('gives the link what it still takes before it closes it', async () => {
    const { left, right } = await createPair({});
    left.records.write(Uint8Array.of(7));
    left.records.close();
    expect(await lastValueFrom(right.records.ended$)).toBe('closed-there');
    expect(collect(right.records).map(hex)).toEqual(['07']);
  });

  it.each(['cut', 'close'] as const)('leaves no subscription and no timer behind after a %s', async (how) => {
    const { air, clock, left, right } = await createPair({});
    air.setFaults({ delayMs: [50, 50] });
    left.records.write(patternBytes(MAX_BYTES));
    await turns();
    expect([left.observers() > 0, clock.timers() > 0]).toEqual([true, true]);
    if (how === 'cut') air.cut('left', 'right');
    else left.records.close();
    await turns();
    left.records.write(Uint8Array.of(1));
    await turns();
    expect([left.observers(), right.observers(), clock.timers()]).toEqual([0, 0, 0]);
    await lastValueFrom(left.records.records$, { defaultValue: undefined });
    await lastValueFrom(left.records.writable$, { defaultValue: undefined });
    await lastValueFrom(left.records.idle$, { defaultValue: undefined });
  });
});

interface Side extends WatchedLink {
  readonly link: Link;
  readonly records: RecordLink;
}

interface Pair {
  readonly clock: WatchedClock & Increments;
  readonly air: MemoryAir;
  readonly left: Side;
  readonly right: Side;
}

async function createPair(options: MemoryAirOptions): Promise<Pair> {
  const simulated = new SimulatedClock();
  const clock = Object.assign(watchClock(simulated), { increment: (ms: number) => simulated.increment(ms) });
  const { air, left, right } = await createLinkedPair({ clock, ...options });
  return { clock, air, left: createSide(left, clock), right: createSide(right, clock) };
}

function createSide(link: Link, clock: WatchedClock): Side {
  const watched = watchLink(link);
  const records = createRecordLink(watched.link, { clock, maxRecordBytes: MAX_BYTES, queueBytes: QUEUE_BYTES });
  return { ...watched, records };
}

/** What arrives; the list grows. */
function collect(records: RecordLink): Uint8Array[] {
  const arrived: Uint8Array[] = [];
  records.records$.subscribe((record) => arrived.push(record));
  return arrived;
}

/** Long records fail with short words. */
function digest(record: Uint8Array): string {
  return `${record.length} bytes, ${createHash('sha256').update(record).digest('hex').slice(0, 8)}`;
}
