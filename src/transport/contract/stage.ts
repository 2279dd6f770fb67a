/** Where each check of the contract is tried: two devices that see each other. */
import { filter, firstValueFrom, type Observable, take, toArray } from 'rxjs';
import type { RadioState } from '../../protocol/codes.js';
import type { Link, Presence, Sighting, Transport } from '../transport.js';

/** What a writer of a transport gives: two devices of it, 'left' that dials and 'right' that listens. Made afresh for each check. */
export interface TransportHarness {
  /** A transport whose radio is on. Called again for the same device only after its transport was closed. */
  createTransport(deviceId: 'left' | 'right'): Transport | Promise<Transport>;
  /** Called only by checks with `switchesRadio`. */
  setRadio(deviceId: 'left' | 'right', state: RadioState): void;
  /** Called last; transports may be closed already. */
  close(): void | Promise<void>;
}

export interface Stage {
  readonly harness: TransportHarness;
  readonly left: Transport;
  readonly right: Transport;
  /** Both ends of a new link, the dialling one first. */
  dial(): Promise<[Link, Link]>;
}

/** One sentence of the contract, tried. Rejects where the transport breaks it. */
export type Trial = (stage: Stage) => Promise<void>;

/** Sentences and how each is tried. */
export type Trials = Readonly<Record<string, Trial>>;

/** Two devices that have announced themselves; closed whatever happens. */
export async function onStage(harness: TransportHarness, trial: Trial): Promise<void> {
  const opened: Transport[] = [];
  const open = async (deviceId: 'left' | 'right'): Promise<Transport> => {
    const transport = await harness.createTransport(deviceId);
    opened.push(transport);
    transport.announce(presenceOf(deviceId));
    return transport;
  };
  try {
    const left = await open('left');
    const right = await open('right');
    await seen(left, 'right');
    await trial({ harness, left, right, dial: () => dialBoth(left, right, 'right') });
  } finally {
    await Promise.all(opened.map((transport) => transport.close()));
    await harness.close();
  }
}

export function presenceOf(deviceId: string): Presence {
  return { deviceId, deviceName: `${deviceId} device`, accountTag: '0123456789abcdef' };
}

/** Resolves with the device as it is seen. */
export async function seen(transport: Transport, deviceId: string): Promise<Sighting> {
  const isThere = ({ deviceId: id }: Sighting): boolean => id === deviceId;
  const sightings = await firstValueFrom(transport.sightings$.pipe(filter((all) => all.some(isThere))));
  return sightings.filter(isThere)[0]!; // there, as was just seen
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

/** For what is awaited later: where a check has failed before, nobody hears of its rejection. */
export function expected<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => {});
  return promise;
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
