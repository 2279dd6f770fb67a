/**
 * Takes away what this hub left on the MQTT broker in an earlier run: links that are gone, another mode of discovery, and everything
 * under a hub id that it had before. Looks at retained messages only, for a while after every connection. Source: ecosystem A1.
 */
import { hubIdentifier } from './discover-link.js';
import { type Component, type DiscoveryMessage, discoveryFilters, ORIGIN, withoutComponents } from './discovery.js';
import { emptied, type Publish, type Received } from './publication.js';
import { SLUG } from './slug.js';
import type { Topics } from './topics.js';

/** Discovery topics that are kept in mind while it is open whose they are. */
const MAX_UNDECIDED = 4_096;

export interface CleanUpOptions {
  readonly topics: Topics;
  readonly hubId: string;
  readonly deviceId: string;
  readonly base: string;
  readonly prefix: string;
  publish: Publish;
  subscribe(filters: readonly string[]): void;
  /** What is published now under a topic of discovery. */
  current(topic: string): DiscoveryMessage | undefined;
  isKnown(link: string): boolean;
  /** The same entities stood there in another form: they have to be taken away, and added again later. */
  onOtherForm(objectId: string): void;
  /** Components stood there that are no longer wanted: `without` takes them away, and `then` follows later. */
  onComponentsGone(without: DiscoveryMessage, then: DiscoveryMessage): void;
}

export interface CleanUp {
  readonly filters: readonly string[];
  /** Whether the message was one for the clean-up. */
  take(message: Received): boolean;
}

/** What matters of somebody's discovery message. */
interface Left {
  readonly objectId: string;
  /** The identifier of the hub it belongs to. */
  readonly hub: string;
  readonly deviceId: string | undefined;
  readonly components: Readonly<Record<string, Component>>;
}

export function createCleanUp(options: CleanUpOptions): CleanUp {
  const { topics, hubId, deviceId, base, prefix, publish } = options;
  const former = new Set<string>();
  const undecided = new Map<string, string>();

  function takeDiscovery({ topic, payload }: Received): void {
    const left = readLeft(payload);
    if (left === undefined) return;
    if (left.hub === hubIdentifier(hubId)) return tidy(topic, left);
    // The hub's own device says whose it was; those of its links may come before.
    if (left.deviceId === deviceId && SLUG.test(left.hub.slice(hubIdentifier('').length))) takeFormer(left.hub);
    if (former.has(left.hub)) publish(emptied(topic));
    else if (undecided.size < MAX_UNDECIDED) undecided.set(topic, left.hub);
  }

  function tidy(topic: string, { objectId, components }: Left): void {
    const message = options.current(topic);
    if (message === undefined) {
      publish(emptied(topic));
      return options.onOtherForm(objectId);
    }
    const wanted = message.body['components'];
    if (typeof wanted !== 'object' || wanted === null) return;
    const gone = Object.entries(components).filter(([key]) => !(key in wanted));
    if (gone.length === 0) return;
    options.onComponentsGone(withoutComponents(message, Object.fromEntries(gone)), message);
  }

  /** Everything that the hub with this identifier publishes. */
  function filterOf(hub: string): string {
    return `${base}/${hub.slice(hubIdentifier('').length)}/#`;
  }

  function takeFormer(hub: string): void {
    if (former.has(hub)) return;
    former.add(hub);
    options.subscribe([filterOf(hub)]);
    for (const [topic, owner] of undecided) if (owner === hub) publish(emptied(topic));
  }

  return {
    get filters() {
      return [...discoveryFilters(prefix), ...topics.leftovers, ...[...former].map(filterOf)];
    },
    take(message) {
      const { topic, payload, isRetained } = message;
      if (topic.startsWith(`${prefix}/`) && topic.endsWith('/config')) {
        if (isRetained && payload.length > 0) takeDiscovery(message);
        return true;
      }
      if ([...former].some((hub) => topic.startsWith(filterOf(hub).slice(0, -1)))) {
        if (isRetained && payload.length > 0) publish(emptied(topic));
        return true;
      }
      const link = topics.read(topic) === undefined ? topics.linkOf(topic) : undefined;
      if (link === undefined) return false;
      if (isRetained && payload.length > 0 && !options.isKnown(link)) publish(emptied(topic));
      return true;
    },
  };
}

/** Undefined: not ours, or not what we write. */
function readLeft(payload: Buffer): Left | undefined {
  const body = parse(payload);
  const device = member(body, 'device');
  if (member(member(body, 'origin'), 'name') !== ORIGIN) return undefined;
  const [objectId] = listOf(member(device, 'identifiers'));
  if (typeof objectId !== 'string') return undefined;
  const via = member(device, 'via_device');
  const serial = member(device, 'serial_number');
  const hub = typeof via === 'string' ? via : objectId;
  if (!hub.startsWith(hubIdentifier(''))) return undefined;
  const components = member(body, 'components');
  return {
    objectId,
    hub,
    deviceId: typeof serial === 'string' ? serial : undefined,
    components: Object.fromEntries(Object.entries(components ?? {}).filter(isComponent)),
  };
}

function isComponent(entry: [string, unknown]): entry is [string, Component] {
  return typeof member(entry[1], 'platform') === 'string';
}

function parse(payload: Buffer): unknown {
  try {
    return JSON.parse(payload.toString());
  } catch {
    // Somebody else's message; ours are JSON.
    return undefined;
  }
}

function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
