/** The devices nearby: in range or linked. An app may choose its peer from those that share the account. */
import { BehaviorSubject, combineLatest, map, type Observable } from 'rxjs';
import type { AvailableDevice } from '../protocol/collaboration.js';
import { MAX_KNOWN_DEVICES } from '../protocol/limits.js';
import type { Clock } from '../transport/clock.js';
import type { Presence, Sighting, Transport } from '../transport/transport.js';
import type { KnownDevice, NearbyDevice } from './interface.js';

export interface Devices {
  /** What the radio hears of other devices that share the account. */
  readonly sightings$: Observable<readonly Sighting[]>;
  readonly devices$: Observable<readonly AvailableDevice[]>;
  readonly nearby$: Observable<readonly NearbyDevice[]>;
  list(): readonly AvailableDevice[];
  /** Those that share the account and were there since the start, also when they are out of range by now. */
  known(): readonly KnownDevice[];
  /** What the device called itself last; undefined for one that never was there. */
  nameOf(deviceId: string): string | undefined;
  close(): void;
}

/** A device whose link is up, with what it said of itself in the handshake. */
export type LinkedDevice = Pick<Presence, 'deviceId' | 'deviceName'>;

export interface DevicesOptions {
  readonly transport: Pick<Transport, 'sightings$'>;
  readonly self: Presence;
  /** Replays the devices whose link is up, then the whole list again on every change. */
  readonly linked$: Observable<readonly LinkedDevice[]>;
  /** The transport's. */
  readonly clock: Clock;
}

export function watchDevices({ transport, self, linked$, clock }: DevicesOptions): Devices {
  const isOurs = ({ accountTag }: Sighting): boolean => accountTag === self.accountTag;
  const isOther = ({ deviceId }: Sighting): boolean => deviceId !== self.deviceId;
  const nearby = new BehaviorSubject<readonly NearbyDevice[]>([]);
  const devices = new BehaviorSubject<readonly AvailableDevice[]>([]);
  const memory = createMemory();
  const subscription = combineLatest([transport.sightings$, linked$])
    .pipe(
      map(([sightings, linked]) => {
        const heard = sightings.filter((sighting) => isOther(sighting) || !isOurs(sighting));
        return join(
          heard.map((sighting) => describe(sighting, isOurs(sighting), clock)),
          linked,
        );
      }),
    )
    .subscribe((present) => {
      memory.see(present);
      const available = present.filter((device) => device.isOurs).map(availableDevice);
      if (!isSameList(available, devices.value)) devices.next(available);
      nearby.next(present);
    });
  return {
    sightings$: transport.sightings$.pipe(
      map((sightings) => sightings.filter((sighting) => isOurs(sighting) && isOther(sighting))),
    ),
    devices$: devices.asObservable(),
    nearby$: nearby.asObservable(),
    list: () => devices.value,
    known: memory.list,
    nameOf: memory.nameOf,
    close() {
      subscription.unsubscribe();
      devices.complete();
      nearby.complete();
    },
  };
}

/** The devices of the account that were there; the one that was gone for longest is forgotten first. */
function createMemory() {
  const known = new Map<string, KnownDevice>();

  function see(present: readonly NearbyDevice[]): void {
    const now = Date.now();
    // A link may have been all that was heard of it: then it was there until now.
    for (const device of known.values()) {
      if (device.isInRange)
        known.set(device.deviceId, { ...device, isInRange: false, lastSeen: device.lastSeen ?? now });
    }
    for (const { deviceId, deviceName, isOurs, lastSeen } of present) {
      if (!isOurs) continue;
      known.delete(deviceId);
      known.set(deviceId, { deviceId, deviceName, isInRange: true, ...(lastSeen !== undefined && { lastSeen }) });
    }
    const [oldest] = known.keys();
    if (known.size > MAX_KNOWN_DEVICES && oldest !== undefined) known.delete(oldest);
  }

  return {
    see,
    list: (): readonly KnownDevice[] => [...known.values()],
    nameOf: (deviceId: string): string | undefined => known.get(deviceId)?.deviceName,
  };
}

function describe({ deviceId, deviceName, rssi, lastSeenMs }: Sighting, isOurs: boolean, clock: Clock): NearbyDevice {
  return {
    deviceId,
    deviceName: isOurs ? deviceName : '',
    isOurs,
    isLinked: false,
    ...(rssi !== undefined && { rssi }),
    ...(lastSeenMs !== undefined && { lastSeen: Math.round(Date.now() - (clock.now() - lastSeenMs)) }),
  };
}

/** Linked devices belong in, too, heard or not: a peripheral is silent while it is connected. */
function join(heard: readonly NearbyDevice[], linked: readonly LinkedDevice[]): readonly NearbyDevice[] {
  const ids = new Set(linked.map(({ deviceId }) => deviceId));
  const heardIds = new Set(heard.filter(({ isOurs }) => isOurs).map(({ deviceId }) => deviceId));
  const silent = linked
    .filter(({ deviceId }) => !heardIds.has(deviceId))
    .map(({ deviceId, deviceName }) => ({ deviceId, deviceName, isOurs: true, isLinked: true }));
  return [
    ...heard.map((device) => (device.isOurs && ids.has(device.deviceId) ? { ...device, isLinked: true } : device)),
    ...silent,
  ];
}

function availableDevice({ deviceId, deviceName }: NearbyDevice): AvailableDevice {
  return { networkId: deviceId, deviceId, deviceName };
}

function isSameList(some: readonly AvailableDevice[], others: readonly AvailableDevice[]): boolean {
  return (
    some.length === others.length &&
    some.every(
      ({ deviceId, deviceName }, place) =>
        others[place]?.deviceId === deviceId && others[place].deviceName === deviceName,
    )
  );
}
