/** Pairs of links and what tests do with them. */
import { dialBoth, presenceOf } from '../../src/transport/contract/stage.js';
import { createMemoryAir, type MemoryAir, type MemoryAirOptions } from '../../src/transport/memory.js';
import type { Link, Transport } from '../../src/transport/transport.js';

/** Two devices, 'left' and 'right', and a link that the left one dialled. */
export interface LinkedPair {
  readonly air: MemoryAir;
  readonly left: Link;
  readonly right: Link;
}

export async function createLinkedPair(options: MemoryAirOptions = {}): Promise<LinkedPair> {
  const air = createMemoryAir(options);
  const radios = announcedPair(air);
  const [left, right] = await dialBoth(radios.left, radios.right, 'right');
  return { air, left, right };
}

/** Two devices, 'left' and 'right', that have announced themselves. */
export function announcedPair(air: MemoryAir): { readonly left: Transport; readonly right: Transport } {
  const pair = { left: air.transport('left'), right: air.transport('right') };
  pair.left.announce(presenceOf('left'));
  pair.right.announce(presenceOf('right'));
  return pair;
}

/** The device ids of every sighting from now on; the list grows. */
export function idsSeen(transport: Transport): string[][] {
  const seen: string[][] = [];
  transport.sightings$.subscribe((sightings) => seen.push(sightings.map(({ deviceId }) => deviceId)));
  return seen;
}

/** The first byte of every packet from now on; the list grows. */
export function numbersFrom(link: Link): number[] {
  const numbers: number[] = [];
  link.packets$.subscribe(([number = -1]) => numbers.push(number));
  return numbers;
}

/** The numbers from 0 to below `count`. */
export function upTo(count: number): number[] {
  return Array.from({ length: count }, (_, number) => number);
}
