/** Reads discovery messages of hubs as they stand at the MQTT broker: anybody may have written them. */
import { MAX_MQTT_REQUEST_BYTES } from '../protocol/hub-limits.js';
import { hubIdentifier } from './discover-link.js';
import { type Component, ORIGIN, PLATFORMS } from './discovery.js';
import { parseObject } from './parse-object.js';
import { SLUG } from './slug.js';

/** What matters of one. */
export interface Leftover {
  readonly objectId: string;
  /** The identifier of the hub it belongs to. */
  readonly hub: string;
  readonly components: Readonly<Record<string, Component>>;
}

/** Undefined: not of a hub, not where a hub would write it, or not what it would write. */
export function readLeftover(topic: string, payload: Buffer, prefix: string): Leftover | undefined {
  const body = payload.length > MAX_MQTT_REQUEST_BYTES ? undefined : parseObject(payload);
  const device = member(body, 'device');
  if (member(member(body, 'origin'), 'name') !== ORIGIN) return undefined;
  const [objectId] = listOf(member(device, 'identifiers'));
  // "device/<objectId>/config", or "<platform>/<objectId>/<component>/config".
  if (typeof objectId !== 'string' || topic.slice(prefix.length + 1).split('/')[1] !== objectId) return undefined;
  const via = member(device, 'via_device');
  const hub = typeof via === 'string' ? via : objectId;
  if (!hub.startsWith(hubIdentifier('')) || !(objectId === hub || objectId.startsWith(`${hub}_`))) return undefined;
  const components = Object.entries(member(body, 'components') ?? {}).flatMap(([key, component]) => {
    const platform = PLATFORMS.find((known) => known === member(component, 'platform'));
    return platform !== undefined && SLUG.test(key) ? [[key, { platform }] as const] : [];
  });
  return { objectId, hub, components: Object.fromEntries(components) };
}

function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
