/** Who a controller is to others, and whether they hear each other. */
import type { Controller } from './air-state.js';
import type { DeviceAddress } from './device-address.js';

const DEFAULT_RSSI = -50;
/** Source: Core Specification 5.3, volume 4, part E, section 7.7.65.2. */
const LEAST_RSSI = -127;
const MOST_RSSI = 20;

/** Version 5.0, no company, no subversion. Source: Core Specification 5.3, volume 4, part E, section 7.4.1; Assigned Numbers. */
export const companyAndVersion = Uint8Array.of(0x09, 0xff, 0xff, 0x00, 0x00);
/** BR/EDR not supported, LE supported. Source: volume 2, part C, section 3.2. */
export const lmpFeatures = Uint8Array.of(0, 0, 0, 0, 0x60, 0, 0, 0);
/** Encryption, data packet length extension, LE 2M. Source: volume 6, part B, section 4.6. */
export const localFeatures = Uint8Array.of(0x21, 0x01, 0, 0, 0, 0, 0, 0);

/** By Own_Address_Type: odd means random. Source: Core Specification 5.3, volume 4, part E, section 7.8.5. */
export function ownAddress({ settings, randomAddress }: Controller, ownAddressType: number): DeviceAddress {
  return (ownAddressType & 1) === 0 ? { type: 0, address: settings.address } : randomAddress;
}

/** How the accept list holds an address. */
export function acceptKey({ type, address }: DeviceAddress): string {
  return `${type} ${address}`;
}

/** False for a controller and itself. */
export function isInRange(one: Controller, other: Controller): boolean {
  return one !== other && !one.outOfRange.has(other);
}

/** In dBm. */
export function rssiBetween(one: Controller, other: Controller): number {
  return one.rssi.get(other) ?? DEFAULT_RSSI;
}

/** In dBm, in both directions. Throws RangeError for what no report can hold. */
export function setRssi(one: Controller, other: Controller, rssi: number): void {
  if (!Number.isInteger(rssi) || rssi < LEAST_RSSI || rssi > MOST_RSSI)
    throw new RangeError(`not a signal strength: ${rssi}`);
  one.rssi.set(other, rssi);
  other.rssi.set(one, rssi);
}
