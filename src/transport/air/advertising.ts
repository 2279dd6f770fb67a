/** What a controller advertises. Source: Core Specification 5.3, volume 4, part E, section 7.8.5. */
import type { Advertising, Controller } from './air-state.js';
import { noAddress } from './device-address.js';

/** Advertising_Type of the host. */
export const AdvertisingType = {
  undirected: 0,
  highDutyDirected: 1,
  scannable: 2,
  nonConnectable: 3,
  lowDutyDirected: 4,
} as const;

/** Until the host sets one. */
const DEFAULT_INTERVAL_MS = 1_280;

/** As after a reset. */
export function idleAdvertising(): Advertising {
  return {
    isOn: false,
    isTaken: false,
    type: AdvertisingType.undirected,
    intervalMs: DEFAULT_INTERVAL_MS,
    ownAddressType: 0,
    target: noAddress,
    filterPolicy: 0,
    data: Buffer.alloc(0),
    scanResponse: Buffer.alloc(0),
    timer: undefined,
  };
}

export function stopAdvertising({ advertising, space }: Controller): void {
  advertising.isOn = false;
  space.clock.clearTimeout(advertising.timer);
  advertising.timer = undefined;
}

export function isConnectable(type: number): boolean {
  return type === AdvertisingType.undirected || isDirected(type);
}

export function isScannable(type: number): boolean {
  return type === AdvertisingType.undirected || type === AdvertisingType.scannable;
}

export function isDirected(type: number): boolean {
  return type === AdvertisingType.highDutyDirected || type === AdvertisingType.lowDutyDirected;
}
