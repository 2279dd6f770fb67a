/** Watches what is said about this hub by others: a device that took its id by mistake, or a late will of a connection that it lost. */
import { MAX_MQTT_REQUEST_BYTES } from '../protocol/hub-limits.js';
import { parseObject } from './parse-object.js';
import type { Received } from './publication.js';
import type { Topics } from './topics.js';

export interface NamesakeOptions {
  readonly topics: Topics;
  readonly deviceId: string;
  /** Another device says that it is this hub, now; once for each of its runs. */
  onNamesake(deviceId: string): void;
  /** The hub is said to be offline, and is not. */
  onDeclaredOffline(): void;
}

export interface NamesakeWatch {
  readonly filters: readonly string[];
  /** Whether another device was heard under this hub id, in this run. */
  readonly isShared: boolean;
  /** Whether the message was about the hub itself. */
  take(message: Received): boolean;
}

/** What was retained about a hub says nothing of who lives: it may be this hub itself, before it was installed anew. */
export function watchNamesake(options: NamesakeOptions): NamesakeWatch {
  const { topics, deviceId } = options;
  const [info, state] = [topics.bridge('info'), topics.bridge('state')];
  let isShared = false;
  let lastRun = '';

  function takeInfo({ payload, isRetained }: Received): void {
    const other = isRetained ? undefined : readInfo(payload);
    if (other === undefined || other.deviceId === deviceId) return;
    isShared = true;
    const run = `${other.deviceId} ${other.epoch}`;
    if (run !== lastRun) options.onNamesake(other.deviceId);
    lastRun = run;
  }

  return {
    filters: [info, state],
    get isShared() {
      return isShared;
    },
    take(message) {
      const { topic, payload, isRetained } = message;
      if (topic === info) takeInfo(message);
      else if (topic === state && !isRetained && payload.toString() === 'offline') options.onDeclaredOffline();
      return topic === info || topic === state;
    },
  };
}

/** What a hub says of itself, as far as it tells hubs and their runs apart; undefined for everything else. */
export function readInfo(payload: Buffer): { readonly deviceId: string; readonly epoch: string } | undefined {
  const body = payload.length > MAX_MQTT_REQUEST_BYTES ? undefined : parseObject(payload);
  const { deviceId, epoch } = body ?? {};
  return typeof deviceId === 'string' && typeof epoch === 'string' ? { deviceId, epoch } : undefined;
}
