/** The devices in range that share the account: what an app may choose its peer from. */
import { BehaviorSubject, map, type Observable } from 'rxjs';
import type { AvailableDevice } from '../protocol/collaboration.js';
import type { Presence, Transport } from '../transport/transport.js';

export interface Devices {
  readonly devices$: Observable<readonly AvailableDevice[]>;
  list(): readonly AvailableDevice[];
  close(): void;
}

export function watchDevices(transport: Transport, self: Presence): Devices {
  const devices = new BehaviorSubject<readonly AvailableDevice[]>([]);
  const subscription = transport.sightings$
    .pipe(map((sightings) => sightings.filter(isOurs(self)).map(availableDevice)))
    .subscribe((present) => devices.next(present));
  return {
    devices$: devices.asObservable(),
    list: () => devices.value,
    close() {
      subscription.unsubscribe();
      devices.complete();
    },
  };
}

function isOurs(self: Presence): (sighting: Presence) => boolean {
  return ({ deviceId, accountTag }) => accountTag === self.accountTag && deviceId !== self.deviceId;
}

function availableDevice({ deviceId, deviceName }: Presence): AvailableDevice {
  return { networkId: deviceId, deviceId, deviceName };
}
