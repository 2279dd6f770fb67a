/** Who counts as in range, for how long, and what is told of him. */
import { CARD_LASTS_MS } from '../../../protocol/limits.js';
import type { Sighting } from '../../transport.js';
import type { Candidate } from './candidates.js';
import { type KnownDevice, lastSeenMs } from './known-devices.js';

/** When something was heard that was not, or that no longer counts. */
export const NEVER = Number.NEGATIVE_INFINITY;

export interface Moment {
  readonly nowMs: number;
  readonly goneAfterMs: number;
}

/** Not heard for too long: out of range. */
export function isHeard({ heardMs }: Candidate, { nowMs, goneAfterMs }: Moment): boolean {
  return nowMs - heardMs < goneAfterMs;
}

/** In range: heard, a visitor not long ago, or linked, for a linked peripheral is silent. */
export function isPresent(device: KnownDevice, moment: Moment): boolean {
  return device.links > 0 || expiryOf(device, moment) > moment.nowMs;
}

/** When the first of them may be gone if nothing more is heard; undefined when nobody can go by himself. */
export function nextExpiryMs(
  devices: readonly KnownDevice[],
  strangers: readonly Candidate[],
  moment: Moment,
): number | undefined {
  const times = [
    ...devices.filter(({ links }) => links === 0).map((device) => expiryOf(device, moment)),
    ...strangers.map(({ heardMs }) => heardMs + moment.goneAfterMs),
  ].filter((expiryMs) => expiryMs > moment.nowMs);
  return times.length === 0 ? undefined : Math.min(...times);
}

export function sightingOf(device: KnownDevice, accountTag: string, moment: Moment): Sighting {
  const { identity, candidate, links } = device;
  const seenMs = lastSeenMs(device);
  const heard = candidate !== undefined && isHeard(candidate, moment) ? candidate : undefined;
  return {
    ...identity,
    accountTag,
    ...(seenMs !== NEVER && { lastSeenMs: seenMs }),
    ...(heard && { rssi: Math.round(heard.rssi) }),
    ...(heard?.wantsLink && links === 0 && { wantsLink: true }),
  };
}

export function strangerSighting({ address, rssi, heardMs }: Candidate): Sighting {
  return { deviceId: address, deviceName: '', accountTag: '', rssi: Math.round(rssi), lastSeenMs: heardMs };
}

function expiryOf({ candidate, cardMs }: KnownDevice, { goneAfterMs }: Moment): number {
  return Math.max((candidate?.heardMs ?? NEVER) + goneAfterMs, cardMs + CARD_LASTS_MS);
}
