/** The devices of a memory air and what they see of each other. */
import type { BehaviorSubject, Subject } from 'rxjs';
import type { RadioState } from '../protocol/codes.js';
import type { Faults } from './faults.js';
import type { LinkSurroundings, MemoryLink } from './memory-link.js';
import type { Link, Presence, Sighting } from './transport.js';

/** What all devices of one air share. */
export interface Air {
  readonly devices: Map<string, Device>;
  /** Supervision timers of the pairs out of range, by `pairOf`. */
  readonly partitions: Map<string, unknown>;
  /** Timers that end a stall, by device; undefined for a stall without end. */
  readonly stalls: Map<string, unknown>;
  readonly around: LinkSurroundings;
  faults: Faults;
  /** Whether devices are about to look around. */
  isLooking: boolean;
}

export interface Device {
  readonly deviceId: string;
  readonly radio: BehaviorSubject<RadioState>;
  readonly sightings: BehaviorSubject<readonly Sighting[]>;
  readonly incoming: Subject<Link>;
  /** Links that have not ended. */
  readonly links: Set<MemoryLink>;
  presence: Presence | undefined;
  isClosed: boolean;
}

/** One key for two devices, whichever comes first. */
export function pairOf(deviceId: string, otherId: string): string {
  return JSON.stringify([deviceId, otherId].sort());
}

export function isRadioOn(device: Device): boolean {
  return device.radio.value === 'poweredOn';
}

/** Whether the radio will be on in a moment, as far as anyone knows. */
export function isRadioStarting({ radio }: Device): boolean {
  return radio.value === 'unknown' || radio.value === 'resetting';
}

/** Whether the devices could hear each other if both radios were on. */
export function isInRange(air: Air, device: Device, other: Device): boolean {
  return (
    other !== device && other.presence !== undefined && !air.partitions.has(pairOf(device.deviceId, other.deviceId))
  );
}

/** In the next turn, every device looks around: several changes of one turn are seen together. */
export function showSightings(air: Air): void {
  if (!air.isLooking) {
    air.isLooking = true;
    air.around.turns.later(() => {
      air.isLooking = false;
      for (const device of air.devices.values()) look(air, device);
    });
  }
}

function look(air: Air, device: Device): void {
  const seen: Sighting[] = [];
  for (const other of air.devices.values()) {
    if (other.presence && isRadioOn(device) && isRadioOn(other) && isInRange(air, device, other)) {
      seen.push(other.presence);
    }
  }
  const before = device.sightings.value;
  if (seen.length !== before.length || seen.some((sighting, place) => sighting !== before[place])) {
    device.sightings.next(seen);
  }
}

/** Any state but 'poweredOn' ends the device's links. Throws Error for an unknown device. */
export function setRadio(air: Air, deviceId: string, state: RadioState): void {
  const device = air.devices.get(deviceId);
  if (device === undefined) {
    throw new Error(`no transport for the device ${deviceId}`);
  }
  if (device.radio.value === state) return;
  device.radio.next(state);
  if (state !== 'poweredOn') {
    for (const link of device.links) {
      link.end('radio-off');
      link.far.end('lost');
    }
  }
  showSightings(air);
}
