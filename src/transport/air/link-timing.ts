/** When connection events are. Source: Core Specification 5.3, volume 6, part B, section 4.5.1. */
import type { AirLink } from './air-state.js';
import type { ConnectionParameters } from './hci-events.js';

/** Two moments this close are the same one: times are sums of fractions. */
const SAME_MOMENT_MS = 1e-6;

export function intervalMs({ interval }: ConnectionParameters): number {
  return interval * 1.25;
}

export function supervisionMs({ supervisionTimeout }: ConnectionParameters): number {
  return supervisionTimeout * 10;
}

/** The first connection event after now and after the last one that took place: real timers may fire early. */
export function nextEventMs(link: AirLink): number {
  const after = Math.max(link.space.clock.now(), link.lastEventMs) + SAME_MOMENT_MS;
  const interval = intervalMs(link.connection);
  return link.anchorMs + (Math.floor((after - link.anchorMs) / interval) + 1) * interval;
}
