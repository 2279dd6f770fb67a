/** What waits for the MQTT broker, within limits: of each state the latest, of events and answers the newest. */
import Denque from 'denque';
import { MAX_MQTT_QUEUE, MAX_MQTT_QUEUE_BYTES, MQTT_IN_FLIGHT } from '../protocol/hub-limits.js';
import type { Publication } from './publication.js';

export interface OutboxOptions {
  /** Whether the broker is there. */
  isOpen(): boolean;
  /** Sends one; `done` is called when the broker has it, or refused it. */
  transmit(publication: Publication, done: () => void): void;
  /** True when half of the queue is full, false when it is empty again: peers can be held back meanwhile. */
  onPressure(isHigh: boolean): void;
}

export interface Outbox {
  add(publication: Publication): void;
  /** Sends what may be sent now. */
  pump(): void;
  /**
   * The connection is gone. What it had not acknowledged of events and answers waits again, before all others; of states nothing,
   * because all of them are published anew on every connection.
   */
  lose(): void;
  readonly counts: { readonly queued: number; readonly dropped: number; readonly published: number };
  /** Resolves when nothing waits and nothing is in flight. */
  whenEmpty(): Promise<void>;
}

export function createOutbox({ isOpen, transmit, onPressure }: OutboxOptions): Outbox {
  const states = new Map<string, Publication>();
  const passing = new Denque<Publication>();
  /** Sent and not acknowledged, in order. */
  const flying = new Set<Publication>();
  let [bytes, dropped, published] = [0, 0, 0];
  let isHigh = false;
  let waiting: (() => void)[] = [];

  function next(): Publication | undefined {
    const [first] = states;
    if (first !== undefined) {
      states.delete(first[0]);
      return first[1];
    }
    const oldest = passing.shift();
    bytes -= oldest === undefined ? 0 : sizeOf(oldest);
    return oldest;
  }

  function pump(): void {
    while (isOpen() && flying.size < MQTT_IN_FLIGHT) {
      const publication = next();
      if (publication === undefined) break;
      flying.add(publication);
      published += 1;
      transmit(publication, () => onDone(publication));
    }
    notePressure();
  }

  function isEmpty(): boolean {
    return flying.size === 0 && states.size === 0 && passing.length === 0;
  }

  function onDone(publication: Publication): void {
    // That of a connection before.
    if (!flying.delete(publication)) return;
    pump();
    if (!isEmpty()) return;
    for (const resolve of waiting) resolve();
    waiting = [];
  }

  function notePressure(): void {
    const isFull = passing.length >= MAX_MQTT_QUEUE / 2 || bytes >= MAX_MQTT_QUEUE_BYTES / 2;
    if (isHigh ? passing.length > 0 : !isFull) return;
    isHigh = !isHigh;
    onPressure(isHigh);
  }

  function addPassing(publication: Publication): void {
    passing.push(publication);
    bytes += sizeOf(publication);
    while (passing.length > 1 && (passing.length > MAX_MQTT_QUEUE || bytes > MAX_MQTT_QUEUE_BYTES)) {
      const oldest = passing.shift();
      bytes -= oldest === undefined ? 0 : sizeOf(oldest);
      dropped += 1;
    }
  }

  return {
    add(publication) {
      if (publication.isRetained) {
        // Deleted first, so that it goes to the end of the order.
        states.delete(publication.topic);
        states.set(publication.topic, publication);
      } else {
        addPassing(publication);
      }
      pump();
    },
    pump,
    lose() {
      const back = [...flying].filter(({ isRetained }) => !isRetained).reverse();
      flying.clear();
      for (const publication of back) {
        passing.unshift(publication);
        bytes += sizeOf(publication);
      }
      notePressure();
    },
    get counts() {
      return { queued: states.size + passing.length, dropped, published };
    },
    whenEmpty: () => (isEmpty() ? Promise.resolve() : new Promise((resolve) => void waiting.push(resolve))),
  };
}

function sizeOf({ topic, payload }: Publication): number {
  return topic.length + payload.length;
}
