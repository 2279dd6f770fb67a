/** What happens on every connection, and where each message goes that comes by it. */
import { HUB_BIRTH_DELAY_MS, HUB_CLEAN_UP_MS } from '../protocol/hub-limits.js';
import type { CleanUp } from './clean-up.js';
import type { Connection } from './connection.js';
import type { Desk } from './desk.js';
import type { NamesakeWatch } from './namesake.js';
import type { Received } from './publication.js';
import type { HubTimers } from './timers.js';
import type { Topics } from './topics.js';

export interface ReceptionOptions {
  readonly topics: Topics;
  /** Where Home Assistant says that it is back. */
  readonly statusTopic: string;
  readonly connection: Pick<Connection, 'subscribe' | 'unsubscribe'>;
  readonly cleanUp: CleanUp;
  readonly namesake: NamesakeWatch;
  readonly desk: Desk;
  readonly timers: HubTimers;
  /** From 0 to below 1. */
  random(): number;
  /** Publishes all that is retained. */
  announce(): void;
}

export interface Reception {
  onOpen(): void;
  onMessage(message: Received): void;
  close(): void;
}

export function createReception(options: ReceptionOptions): Reception {
  const { topics, statusTopic, connection, cleanUp, namesake, desk, timers, announce } = options;
  let cleaning: unknown;
  let birth: unknown;

  /** Not at once: every program that speaks to Home Assistant hears it at the same time. Source: ecosystem A2. */
  function awaitBirth(): void {
    birth ??= timers.setTimeout(() => {
      birth = undefined;
      announce();
    }, options.random() * HUB_BIRTH_DELAY_MS);
  }

  return {
    onOpen() {
      connection.subscribe([...topics.commands, ...namesake.filters, statusTopic, ...cleanUp.filters]);
      timers.clearTimeout(cleaning);
      cleaning = timers.setTimeout(() => connection.unsubscribe(cleanUp.filters), HUB_CLEAN_UP_MS);
      announce();
    },
    onMessage(message) {
      if (message.topic === statusTopic) {
        // One that was retained says nothing new: everything is published on every connection.
        if (!message.isRetained && message.payload.toString() === 'online') awaitBirth();
        return;
      }
      if (namesake.take(message) || cleanUp.take(message)) return;
      desk.take(message);
    },
    close() {
      timers.clearTimeout(cleaning);
      timers.clearTimeout(birth);
    },
  };
}
