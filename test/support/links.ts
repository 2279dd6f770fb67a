/** Pairs of links and what tests do with them. */
import { firstValueFrom, type Observable, take, toArray } from 'rxjs';
import { createMemoryAir, type MemoryAir, type MemoryAirOptions } from '../../src/transport/memory.js';
import type { Link, Presence, Transport } from '../../src/transport/transport.js';

export function presenceOf(deviceId: string): Presence {
  return { deviceId, deviceName: `${deviceId} device`, accountTag: '0123456789abcdef' };
}

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

/** Both ends of a new link, the dialling one first. */
export async function dialBoth(dialler: Transport, listener: Transport, deviceId: string): Promise<[Link, Link]> {
  const signal = new AbortController().signal;
  return Promise.all([dialler.dial(deviceId, { signal }), firstValueFrom(listener.incoming$)]);
}

/** Writes as fast as the link takes them. Rejects when the link ends first. */
export async function writeAll(link: Link, packets: Iterable<Uint8Array>): Promise<void> {
  for (const packet of packets) {
    while (!link.write(packet)) {
      await firstValueFrom(link.writable$);
    }
  }
}

/** The next `count` values. */
export function nextValues<T>(stream$: Observable<T>, count: number): Promise<T[]> {
  return firstValueFrom(stream$.pipe(take(count), toArray()));
}

/** Bytes that differ from place to place and, by `salt`, from call to call. */
export function patternBytes(length: number, salt = 0): Uint8Array {
  return Uint8Array.from({ length }, (_, place) => (place * 7 + salt * 13 + (salt >> 8)) & 0xff);
}

export function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
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
