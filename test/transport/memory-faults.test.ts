import { firstValueFrom, lastValueFrom } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { SimulatedClock } from 'xstate';
import { dialBoth, nextValues } from '../../src/transport/contract/stage.js';
import { createMemoryAir, type MemoryAirOptions, SUPERVISION_TIMEOUT_MS } from '../../src/transport/memory.js';
import type { HandOverPort, Link } from '../../src/transport/transport.js';
import { announcedPair, createLinkedPair, idsSeen, numbersFrom, upTo } from '../support/links.js';
import { advance, turns } from '../support/time.js';

describe('memory air with faults', () => {
  it('loses about as many packets as asked for, the same ones for the same seed', async () => {
    const lossy = { lossRate: 0.3 };
    const [first, again, other] = await Promise.all([7, 7, 8].map((seed) => numbersThrough({ seed, faults: lossy })));
    expect(first?.length).toBeGreaterThan(50);
    expect(first?.length).toBeLessThan(90);
    expect(again).toEqual(first);
    expect(other).not.toEqual(first);
  });

  it('doubles packets', async () => {
    const numbers = await numbersThrough({ faults: { duplicateRate: 1 } });
    expect(numbers).toEqual(upTo(100).flatMap((number) => [number, number]));
  });

  it('lets packets be late, and keeps their order', async () => {
    const clock = new SimulatedClock();
    const { air, left, right } = await createLinkedPair({ clock });
    air.setFaults({ delayMs: [5, 50] });
    const numbers = numbersFrom(right);
    upTo(100).forEach((number) => void left.write(Uint8Array.of(number)));
    await turns();
    expect(numbers).toEqual([]);
    await advance(clock, 50);
    expect(numbers).toEqual(upTo(100));
  });

  it('lets packets overtake each other when asked to', async () => {
    const numbers = await numbersThrough({ faults: { reorderRate: 0.2 } });
    expect(numbers).not.toEqual(upTo(100));
    expect(numbers.toSorted((one, other) => one - other)).toEqual(upTo(100));
  });

  it('keeps the order of what is written after the delays have ended', async () => {
    const clock = new SimulatedClock();
    const { air, left, right } = await createLinkedPair({ clock });
    const numbers = numbersFrom(right);
    air.setFaults({ delayMs: [20, 20] });
    left.write(Uint8Array.of(0));
    air.setFaults({});
    left.write(Uint8Array.of(1));
    await advance(clock, 20);
    expect(numbers).toEqual([0, 1]);
  });

  it('takes only as many packets as may be under way', async () => {
    const { left, right } = await createLinkedPair({ faults: { capacityPackets: 3 } });
    const numbers = numbersFrom(right);
    expect(upTo(5).map((number) => left.write(Uint8Array.of(number)))).toEqual([true, true, true, false, false]);
    await firstValueFrom(left.writable$);
    expect(numbers).toEqual([0, 1, 2]);
    expect(left.write(Uint8Array.of(3))).toBe(true);
  });

  it('paces a writer even when every packet is lost', async () => {
    const { left } = await createLinkedPair({ faults: { capacityPackets: 3, lossRate: 1 } });
    expect(upTo(4).map((number) => left.write(Uint8Array.of(number)))).toEqual([true, true, true, false]);
    await firstValueFrom(left.writable$);
  });
});

describe('memory air between two devices', () => {
  it("ends links with 'lost' on both sides when they are cut", async () => {
    const { air, left, right } = await createLinkedPair();
    air.cut('right', 'left');
    expect([await lastValueFrom(left.ended$), await lastValueFrom(right.ended$)]).toEqual(['lost', 'lost']);
  });

  it('lets packets vanish out of range, and the link go on when it is back in time', async () => {
    const clock = new SimulatedClock();
    const { air, left, right } = await createLinkedPair({ clock });
    const numbers = numbersFrom(right);
    air.partition('left', 'right');
    left.write(Uint8Array.of(1));
    await advance(clock, SUPERVISION_TIMEOUT_MS - 1);
    air.heal('right', 'left');
    left.write(Uint8Array.of(2));
    await advance(clock, SUPERVISION_TIMEOUT_MS);
    expect(numbers).toEqual([2]);
  });

  it("ends links with 'lost' when the devices stay out of range", async () => {
    const clock = new SimulatedClock();
    const { air, left, right } = await createLinkedPair({ clock });
    air.partition('left', 'right');
    left.close();
    await advance(clock, SUPERVISION_TIMEOUT_MS);
    expect([await lastValueFrom(left.ended$), await lastValueFrom(right.ended$)]).toEqual(['closed-here', 'lost']);
  });

  it('hides devices out of range from each other, and refuses their dials', async () => {
    const air = createMemoryAir();
    const { left } = announcedPair(air);
    const seen = idsSeen(left);
    await turns();
    air.partition('left', 'right');
    await expect(left.dial('right', { signal: noAbort })).rejects.toMatchObject({ failure: 'not-in-range' });
    air.heal('left', 'right');
    await turns();
    expect(seen).toEqual([[], ['right'], [], ['right']]);
  });
});

describe('memory air with a stalled device', () => {
  it('keeps its packets, as many as a host keeps, and loses the rest without a word', async () => {
    const { air, left, right } = await createLinkedPair({ faults: { capacityPackets: 300 } });
    const numbers = numbersFrom(right);
    air.stall('right');
    upTo(200).forEach((number) => void left.write(Uint8Array.of(number)));
    await turns();
    expect(numbers).toEqual([]);
    air.unstall('right');
    expect(numbers).toEqual(upTo(168));
  });

  it('lets it go on after the time asked for', async () => {
    const clock = new SimulatedClock();
    const { air, left, right } = await createLinkedPair({ clock });
    const numbers = numbersFrom(right);
    air.stall('right', 100);
    left.write(Uint8Array.of(1));
    await advance(clock, 90);
    expect(numbers).toEqual([]);
    await advance(clock, 10);
    expect(numbers).toEqual([1]);
  });

  it('stalls links that are made meanwhile, too', async () => {
    const air = createMemoryAir();
    const { left, right } = announcedPair(air);
    air.stall('right');
    const [dialled, accepted] = await dialBoth(left, right, 'right');
    const numbers = numbersFrom(accepted);
    dialled.write(Uint8Array.of(1));
    await turns();
    expect(numbers).toEqual([]);
  });
});

describe('memory air that hands over', () => {
  it('passes values by reference, in order, whatever happens to packets', async () => {
    const { left, right } = await createLinkedPair({ sealed: false, faults: { lossRate: 1, reorderRate: 1 } });
    const values = [{}, {}, {}];
    const arrived = nextValues(portOf(right).values$, 3);
    for (const value of values) portOf(left).post(value);
    const [first, second, third] = await arrived;
    expect([first === values[0], second === values[1], third === values[2]]).toEqual([true, true, true]);
  });

  it('keeps values while the devices are out of range, and drops them when the link is lost', async () => {
    const clock = new SimulatedClock();
    const { air, left, right } = await createLinkedPair({ sealed: false, clock });
    const arrived: unknown[] = [];
    portOf(right).values$.subscribe((value) => arrived.push(value));
    air.partition('left', 'right');
    portOf(left).post(1);
    await turns();
    expect(arrived).toEqual([]);
    air.heal('left', 'right');
    expect(arrived).toEqual([1]);
    air.partition('left', 'right');
    portOf(left).post(2);
    await advance(clock, SUPERVISION_TIMEOUT_MS);
    expect(arrived).toEqual([1]);
  });
});

const noAbort = new AbortController().signal;

/** What arrives of the packets 0 to 99. */
async function numbersThrough(options: MemoryAirOptions): Promise<number[]> {
  const clock = new SimulatedClock();
  const { left, right } = await createLinkedPair({ clock, ...options });
  const numbers = numbersFrom(right);
  upTo(100).forEach((number) => void left.write(Uint8Array.of(number)));
  await advance(clock, 1_000);
  return numbers;
}

function portOf(link: Link): HandOverPort {
  if (link.handOver === undefined) throw new Error('the link is sealed');
  return link.handOver;
}
