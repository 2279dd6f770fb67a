/** What a controller listens for. */
import type { Scanning } from './air-state.js';

/** As after a reset. Source: Core Specification 5.3, volume 4, part E, section 7.8.10. */
export function idleScanning(): Scanning {
  return {
    isOn: false,
    isActive: false,
    acceptsListedOnly: false,
    ownAddressType: 0,
    filtersDuplicates: false,
    heard: new Set(),
  };
}
