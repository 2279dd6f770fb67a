/** The devices of this account that have shown their card, by device id. */
import { MAX_KNOWN_DEVICES } from '../../../protocol/limits.js';
import type { Candidate } from './candidates.js';
import type { Identity } from './identity-card.js';

export interface KnownDevice {
  identity: Identity;
  /** Where it was heard last. */
  candidate: Candidate | undefined;
  /** When it last left its card here; -Infinity: never, or no longer good. */
  cardMs: number;
  /** Open links to it that were dialled here. */
  links: number;
  /** It said so at the end of its last link, and was not heard since. */
  isRadioOff: boolean;
}

export interface KnownDevices {
  get(deviceId: string): KnownDevice | undefined;
  /** Notes what a card says, be it new or not. */
  meet(identity: Identity): KnownDevice;
  all(): readonly KnownDevice[];
  clear(): void;
}

export function createKnownDevices(): KnownDevices {
  const byId = new Map<string, KnownDevice>();

  function meet(identity: Identity): KnownDevice {
    const known = byId.get(identity.deviceId);
    if (known !== undefined) {
      known.identity = identity;
      return known;
    }
    if (byId.size >= MAX_KNOWN_DEVICES) forgetOne(byId);
    const device: KnownDevice = {
      identity,
      candidate: undefined,
      cardMs: Number.NEGATIVE_INFINITY,
      links: 0,
      isRadioOff: false,
    };
    byId.set(identity.deviceId, device);
    return device;
  }

  return { get: (deviceId) => byId.get(deviceId), meet, all: () => [...byId.values()], clear: () => byId.clear() };
}

/** When it was last heard, or left its card. */
export function lastSeenMs({ candidate, cardMs }: KnownDevice): number {
  return Math.max(candidate?.heardMs ?? Number.NEGATIVE_INFINITY, cardMs);
}

function forgetOne(byId: Map<string, KnownDevice>): void {
  const [first] = [...byId.values()]
    .filter(({ links }) => links === 0)
    .sort((some, other) => lastSeenMs(some) - lastSeenMs(other));
  if (first !== undefined) byId.delete(first.identity.deviceId);
}
