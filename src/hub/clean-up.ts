/**
 * Takes away what this hub left on the MQTT broker in an earlier run: links that are gone, another mode of discovery, and everything in a
 * place where it published before. Looks at retained messages only, for a while after every connection, and decides then. Where it was it
 * knows from its own memory: what a message says of that is a claim. Source: ecosystem A1.
 */
import { MAX_LEFTOVERS } from '../protocol/hub-limits.js';
import { hubIdentifier } from './discover-link.js';
import { type Component, type DiscoveryMessage, discoveryFilters, withoutComponents } from './discovery.js';
import type { Place } from './hub-memory.js';
import { type Leftover, readLeftover } from './leftover.js';
import { readInfo } from './namesake.js';
import { emptied, type Publish, type Received } from './publication.js';
import { createTopics, type Topics } from './topics.js';

export interface CleanUpOptions {
  readonly topics: Topics;
  readonly place: Place;
  readonly deviceId: string;
  /** Where the hub was before. */
  former(): readonly Place[];
  publish: Publish;
  /** What is published now under a topic of discovery. */
  current(topic: string): DiscoveryMessage | undefined;
  isKnown(link: string): boolean;
  /** Whether another device has this hub id, too: what is there may be its own. */
  isShared(): boolean;
  /** The same entities stood there in another form: they have to be taken away, and added again later. */
  onOtherForm(objectId: string): void;
  /** Components stood there that are no longer wanted: `without` takes them away, and `then` follows later. */
  onComponentsGone(without: DiscoveryMessage, then: DiscoveryMessage): void;
  /** Nothing of ours is there any more. */
  onCleared(place: Place): void;
}

export interface CleanUp {
  /** What it has to see. */
  readonly filters: readonly string[];
  /** Forgets what it saw: a connection is new. */
  begin(): void;
  /** Whether the message was one for the clean-up. */
  take(message: Received): boolean;
  /** All that was retained has been seen. */
  finish(): void;
}

export function createCleanUp(options: CleanUpOptions): CleanUp {
  const { topics, place, publish, current } = options;
  /** Topics with what stands there, as far as that matters. */
  const discovery = new Map<string, Leftover>();
  const states = new Set<string>();
  /** Former places of ours that belong to another device now. */
  const taken = new Set<Place>();

  function ownersOf(prefix: string): readonly Place[] {
    return [place, ...options.former()].filter((candidate) => candidate.prefix === prefix);
  }

  function takeDiscovery({ topic, payload }: Received, prefix: string): void {
    const left = readLeftover(topic, payload, prefix);
    const isOurs = left !== undefined && ownersOf(prefix).some(({ hubId }) => hubIdentifier(hubId) === left.hub);
    if (isOurs && discovery.size < MAX_LEFTOVERS) discovery.set(topic, left);
  }

  function takeFormer(former: Place, { topic, payload }: Received): void {
    if (topic === createTopics(former.base, former.hubId).bridge('info')) {
      const owner = readInfo(payload);
      if (owner !== undefined && owner.deviceId !== options.deviceId) taken.add(former);
    }
    if (states.size < MAX_LEFTOVERS) states.add(topic);
  }

  function tidyDiscovery(): void {
    const others = new Set<string>();
    for (const [topic, { objectId, components }] of discovery) {
      const message = current(topic);
      if (message !== undefined) {
        tidyComponents(message, components);
        continue;
      }
      publish(emptied(topic));
      others.add(objectId);
    }
    others.forEach(options.onOtherForm);
  }

  function tidyComponents(message: DiscoveryMessage, components: Readonly<Record<string, Component>>): void {
    const wanted = message.body['components'];
    if (typeof wanted !== 'object' || wanted === null) return;
    const gone = Object.entries(components).filter(([key]) => !(key in wanted));
    if (gone.length > 0) options.onComponentsGone(withoutComponents(message, Object.fromEntries(gone)), message);
  }

  /** A place that another device has now is not touched. */
  function spare(owners: readonly Place[]): void {
    const spared = new Set(owners.map(({ hubId }) => hubIdentifier(hubId)));
    for (const [topic, { hub }] of discovery) if (spared.has(hub)) discovery.delete(topic);
    for (const topic of states) if (owners.some((owner) => topic.startsWith(rootOf(owner)))) states.delete(topic);
  }

  /** Former places with topics of their own. */
  function elsewhere(): readonly Place[] {
    return options.former().filter((former) => rootOf(former) !== rootOf(place));
  }

  function begin(): void {
    discovery.clear();
    states.clear();
    taken.clear();
  }

  return {
    get filters() {
      const prefixes = new Set([place, ...options.former()].map(({ prefix }) => prefix));
      return [
        ...[...prefixes].flatMap(discoveryFilters),
        ...topics.leftovers,
        ...elsewhere().map((former) => `${rootOf(former)}#`),
      ];
    },
    begin,
    take(message) {
      const { topic, payload, isRetained } = message;
      const isLeft = isRetained && payload.length > 0;
      const owner = [place, ...options.former()].find(({ prefix }) => isDiscovery(topic, prefix));
      const former = elsewhere().find((one) => topic.startsWith(rootOf(one)));
      const link = topics.read(topic) === undefined ? topics.linkOf(topic) : undefined;
      if (isLeft && owner !== undefined) takeDiscovery(message, owner.prefix);
      else if (isLeft && former !== undefined) takeFormer(former, message);
      else if (isLeft && link !== undefined && states.size < MAX_LEFTOVERS) states.add(topic);
      return owner !== undefined || former !== undefined || link !== undefined;
    },
    finish() {
      spare([...taken, ...(options.isShared() ? [place] : [])]);
      tidyDiscovery();
      for (const topic of states) {
        const link = topics.linkOf(topic);
        if (link === undefined || !options.isKnown(link)) publish(emptied(topic));
      }
      options.former().forEach(options.onCleared);
      begin();
    },
  };
}

function isDiscovery(topic: string, prefix: string): boolean {
  return topic.startsWith(`${prefix}/`) && topic.endsWith('/config');
}

/** What every topic of a hub begins with. */
function rootOf({ base, hubId }: Place): string {
  return `${base}/${hubId}/`;
}
