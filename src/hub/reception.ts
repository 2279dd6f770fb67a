/** What happens on every connection, and where each message goes that comes by it. */
import {
  HUB_BIRTH_DELAY_MS,
  HUB_CLEAN_UP_MS,
  HUB_RENEWALS_BURST,
  HUB_RENEWALS_PER_MINUTE,
} from '../protocol/hub-limits.js';
import type { CleanUp } from './clean-up.js';
import type { Connection } from './connection.js';
import type { Desk } from './desk.js';
import type { NamesakeWatch } from './namesake.js';
import type { Received } from './publication.js';
import { createRate } from './rate.js';
import type { HubTimers } from './timers.js';
import type { Topics } from './topics.js';

export interface ReceptionOptions {
  readonly topics: Topics;
  /** Where Home Assistant says that it is back. */
  readonly statusTopic: string;
  /** Where discovery of this hub is, in the mode that it has. */
  readonly discovery: readonly string[];
  readonly connection: Pick<Connection, 'subscribe' | 'unsubscribe' | 'isOpen'>;
  readonly cleanUp: CleanUp;
  readonly namesake: NamesakeWatch;
  readonly desk: Desk;
  readonly timers: HubTimers;
  /** From 0 to below 1. */
  random(): number;
  /** Publishes all that is retained. */
  announce(): void;
  /** A message on a topic of discovery that was published just now. */
  onDiscovery(topic: string, isEmpty: boolean): void;
}

export interface Reception {
  onOpen(): void;
  onMessage(message: Received): void;
  close(): void;
}

export function createReception(options: ReceptionOptions): Reception {
  const { topics, statusTopic, discovery, connection, cleanUp, namesake, desk, timers, announce } = options;
  const mayRenew = createRate(timers, HUB_RENEWALS_BURST, HUB_RENEWALS_PER_MINUTE / 60);
  let cleaning: unknown;
  let birth: unknown;

  /** Not at once: every program that speaks to Home Assistant hears it at the same time. Source: ecosystem A2. */
  function awaitBirth(): void {
    // Anybody may say that it is back, and everything may be megabytes.
    if (birth !== undefined || !mayRenew()) return;
    birth = timers.setTimeout(() => {
      birth = undefined;
      announce();
    }, options.random() * HUB_BIRTH_DELAY_MS);
  }

  function finishCleaning(filters: readonly string[]): void {
    if (!connection.isOpen) return;
    cleanUp.finish();
    connection.unsubscribe(filters.filter((one) => !discovery.includes(one)));
  }

  return {
    onOpen() {
      const left = cleanUp.filters;
      const all = [...topics.commands, ...namesake.filters, statusTopic, ...discovery, ...left];
      connection.subscribe([...new Set(all)]);
      cleanUp.begin();
      timers.clearTimeout(cleaning);
      cleaning = timers.setTimeout(() => finishCleaning(left), HUB_CLEAN_UP_MS);
      announce();
    },
    onMessage(message) {
      if (message.topic === statusTopic) {
        // One that was retained says nothing new: everything is published on every connection.
        if (!message.isRetained && message.payload.toString() === 'online') awaitBirth();
        return;
      }
      if (!message.isRetained) options.onDiscovery(message.topic, message.payload.length === 0);
      if (namesake.take(message) || cleanUp.take(message)) return;
      desk.take(message);
    },
    close() {
      timers.clearTimeout(cleaning);
      timers.clearTimeout(birth);
    },
  };
}
