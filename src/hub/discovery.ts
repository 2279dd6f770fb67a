/** Home Assistant's MQTT discovery: what it is told of the hub and of each hub link. Source: ecosystem A2 (its rules), A3 (the entities). */
import { unreachable } from '../protocol/unreachable.js';
import type { DiscoveryMode } from './settings.js';

/** By which a hub tells its own messages from those of other programs. */
export const ORIGIN = 'tandem';

/** Where people read about Tandem. */
const SUPPORT_URL = 'https://www.npmjs.com/package/tandem-broker';

/** Every kind of component that a hub has, or had. */
export const PLATFORMS = [
  'binary_sensor',
  'button',
  'device_automation',
  'event',
  'notify',
  'select',
  'sensor',
  'text',
] as const;
export type Platform = (typeof PLATFORMS)[number];

/** One entity or trigger: `platform` and whatever that platform is told. */
export interface Component {
  readonly platform: Platform;
  readonly [option: string]: unknown;
}

/** One device of Home Assistant, before it is known in which form it is sent. */
export interface DiscoveredDevice {
  /** Also its identifier: nothing but slugs, joined by "_". */
  readonly objectId: string;
  /** Of the device, as Home Assistant shows it. */
  readonly device: Readonly<Record<string, unknown>>;
  /** What all entities share unless they say otherwise. Home Assistant passes on some options only, and not in all releases: ecosystem A2. */
  readonly shared: Readonly<Record<string, unknown>>;
  readonly components: Readonly<Record<string, Component>>;
}

/** What Home Assistant shows of a device beside its name. */
export interface DeviceLabels {
  /** The room that is suggested for it. */
  readonly area?: string | undefined;
  /** Where the page of the hub is. */
  readonly pageUrl?: string | undefined;
}

/** A message of discovery; it is retained. */
export interface DiscoveryMessage {
  readonly topic: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/** As one message, or as one for each component. */
export function messagesOf(
  { objectId, device, shared, components }: DiscoveredDevice,
  mode: DiscoveryMode,
  prefix: string,
  version: string,
): readonly DiscoveryMessage[] {
  const origin = { name: ORIGIN, sw_version: version, support_url: SUPPORT_URL };
  switch (mode) {
    case 'device':
      return [{ topic: deviceTopic(prefix, objectId), body: { device, origin, ...shared, components } }];
    case 'component':
      return Object.entries(components).map(([key, { platform, ...options }]) => ({
        topic: `${prefix}/${platform}/${objectId}/${key}/config`,
        // A trigger has no availability and no state.
        body: platform === TRIGGER ? { device, origin, ...options } : { device, origin, ...shared, ...options },
      }));
    case 'off':
      return [];
    default:
      return unreachable(mode);
  }
}

/** What takes single components away: they have to be sent once with nothing but their platform. Source: ecosystem A2. */
export function withoutComponents(
  { topic, body }: DiscoveryMessage,
  gone: Readonly<Record<string, Component>>,
): DiscoveryMessage {
  const components = body['components'];
  const empty = Object.fromEntries(Object.entries(gone).map(([key, { platform }]) => [key, { platform }]));
  const all = { ...(typeof components === 'object' ? components : {}), ...empty };
  return { topic, body: { ...body, components: all } };
}

/** Where discovery that a hub left is found, in whatever mode. */
export function discoveryFilters(prefix: string): readonly string[] {
  return [...discoveryFiltersOf('device', prefix), ...discoveryFiltersOf('component', prefix)];
}

/** Where it is in one mode. */
export function discoveryFiltersOf(mode: DiscoveryMode, prefix: string): readonly string[] {
  switch (mode) {
    case 'device':
      return [`${prefix}/device/+/config`];
    case 'component':
      return [`${prefix}/+/+/+/config`];
    case 'off':
      return [];
    default:
      return unreachable(mode);
  }
}

export const TRIGGER = 'device_automation' satisfies Platform;

export function labelsOf({ area, pageUrl }: DeviceLabels): object {
  return {
    ...(area !== undefined && { suggested_area: area }),
    ...(pageUrl !== undefined && { configuration_url: pageUrl }),
  };
}

function deviceTopic(prefix: string, objectId: string): string {
  return `${prefix}/device/${objectId}/config`;
}
