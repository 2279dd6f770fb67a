/** What is published as discovery now: sent, sent again, taken away, and added again after a pause. */
import { HUB_ADD_AGAIN_MS } from '../protocol/hub-limits.js';
import { type DiscoveredDevice, type DiscoveryMessage, messagesOf, TRIGGER } from './discovery.js';
import { emptied, type Publish, retained } from './publication.js';
import type { HubSettings } from './settings.js';
import type { HubTimers } from './timers.js';

export interface RegistryOptions {
  readonly discovery: HubSettings['discovery'];
  readonly version: string;
  readonly timers: HubTimers;
  publish: Publish;
}

export interface Registry {
  /** Publishes a device, or what became of it. */
  put(device: DiscoveredDevice): void;
  take(objectId: string): void;
  /** Takes a device away and adds it after a pause: in between, Home Assistant forgets what stood there in another form. */
  addAgain(objectId: string): void;
  /** Publishes a passing form first, the lasting one after a pause. */
  replace(passing: DiscoveryMessage, lasting: DiscoveryMessage): void;
  /** Everything once more: on every connection, and when Home Assistant comes back. */
  sendAll(): void;
  current(topic: string): DiscoveryMessage | undefined;
  /**
   * What was published on a topic of discovery just now. Answers which device of ours somebody else has taken away by it: Home Assistant empties
   * the topics of a device that is deleted there, all of them.
   */
  hear(topic: string, isEmpty: boolean): string | undefined;
  close(): void;
}

/** A message, and the device that it is about. */
interface Entry {
  readonly objectId: string;
  readonly message: DiscoveryMessage;
}

export function createRegistry(options: RegistryOptions): Registry {
  const { discovery, version, timers, publish } = options;
  const messages = new Map<string, readonly DiscoveryMessage[]>();
  const entries = new Map<string, Entry>();
  /** Devices that were taken away a moment ago, with the timer that ends the pause. */
  const pauses = new Map<string, unknown>();
  /** Topics that we emptied ourselves and have not heard of since: what a hub publishes comes back to it. */
  const echoes = new Set<string>();
  /** Topics of ours that others have emptied. */
  const missing = new Set<string>();

  function send(objectId: string): void {
    if (pauses.has(objectId)) return;
    for (const { topic, body } of messages.get(objectId) ?? []) {
      missing.delete(topic);
      publish(retained(topic, body));
    }
  }

  function pause(objectId: string): void {
    timers.clearTimeout(pauses.get(objectId));
    const timer = timers.setTimeout(() => {
      pauses.delete(objectId);
      send(objectId);
    }, HUB_ADD_AGAIN_MS);
    pauses.set(objectId, timer);
  }

  function empty(objectId: string): void {
    for (const { topic } of messages.get(objectId) ?? []) {
      echoes.add(topic);
      publish(emptied(topic));
    }
    pause(objectId);
  }

  return {
    put(device) {
      const { objectId } = device;
      const made = messagesOf(device, discovery.mode, discovery.prefix, version);
      messages.set(objectId, made);
      for (const message of made) entries.set(message.topic, { objectId, message });
      send(objectId);
    },
    take(objectId) {
      empty(objectId);
      for (const { topic } of messages.get(objectId) ?? []) {
        for (const topics of [entries, echoes, missing]) topics.delete(topic);
      }
      messages.delete(objectId);
    },
    addAgain(objectId) {
      if (messages.has(objectId) && !pauses.has(objectId)) empty(objectId);
    },
    replace(passing, lasting) {
      publish(retained(passing.topic, passing.body));
      timers.clearTimeout(pauses.get(passing.topic));
      const timer = timers.setTimeout(() => {
        pauses.delete(passing.topic);
        publish(retained(lasting.topic, lasting.body));
      }, HUB_ADD_AGAIN_MS);
      pauses.set(passing.topic, timer);
    },
    sendAll() {
      echoes.clear();
      for (const objectId of messages.keys()) send(objectId);
    },
    current: (topic) => entries.get(topic)?.message,
    hear(topic, isEmpty) {
      const objectId = entries.get(topic)?.objectId;
      const isOurs = echoes.delete(topic);
      if (objectId === undefined || !isEmpty || isOurs || pauses.has(objectId)) return undefined;
      missing.add(topic);
      const others = (messages.get(objectId) ?? []).filter((message) => isEntity(message, discovery.prefix));
      return others.every((message) => missing.has(message.topic)) ? objectId : undefined;
    },
    close() {
      for (const timer of pauses.values()) timers.clearTimeout(timer);
    },
  };
}

/** Whether Home Assistant keeps the message in its registry of entities: triggers are no entities. */
function isEntity({ topic }: DiscoveryMessage, prefix: string): boolean {
  return !topic.startsWith(`${prefix}/${TRIGGER}/`);
}
