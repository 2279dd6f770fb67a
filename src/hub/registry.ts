/** What is published as discovery now: sent, sent again, taken away, and added again after a pause. */
import { HUB_ADD_AGAIN_MS } from '../protocol/hub-limits.js';
import { type DiscoveredDevice, type DiscoveryMessage, messagesOf } from './discovery.js';
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
  close(): void;
}

export function createRegistry({ discovery, version, timers, publish }: RegistryOptions): Registry {
  const messages = new Map<string, readonly DiscoveryMessage[]>();
  const topics = new Map<string, DiscoveryMessage>();
  /** Devices that were taken away a moment ago, with the timer that ends the pause. */
  const pauses = new Map<string, unknown>();

  function send(objectId: string): void {
    if (pauses.has(objectId)) return;
    for (const { topic, body } of messages.get(objectId) ?? []) publish(retained(topic, body));
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
    for (const { topic } of messages.get(objectId) ?? []) publish(emptied(topic));
    pause(objectId);
  }

  return {
    put(device) {
      const made = messagesOf(device, discovery.mode, discovery.prefix, version);
      messages.set(device.objectId, made);
      for (const message of made) topics.set(message.topic, message);
      send(device.objectId);
    },
    take(objectId) {
      empty(objectId);
      for (const { topic } of messages.get(objectId) ?? []) topics.delete(topic);
      messages.delete(objectId);
    },
    addAgain(objectId) {
      if (messages.has(objectId) && !pauses.has(objectId)) empty(objectId);
    },
    replace(passing, lasting) {
      publish(retained(passing.topic, passing.body));
      const timer = timers.setTimeout(() => {
        pauses.delete(passing.topic);
        publish(retained(lasting.topic, lasting.body));
      }, HUB_ADD_AGAIN_MS);
      pauses.set(passing.topic, timer);
    },
    sendAll() {
      for (const objectId of messages.keys()) send(objectId);
    },
    current: (topic) => topics.get(topic),
    close() {
      for (const timer of pauses.values()) timers.clearTimeout(timer);
    },
  };
}
