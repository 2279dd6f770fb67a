/** Watches what is said about this hub by others: a device that took its id by mistake, or a late will of a connection that it lost. */
import type { Received } from './publication.js';
import type { Topics } from './topics.js';

export interface NamesakeOptions {
  readonly topics: Topics;
  readonly deviceId: string;
  /** Another device says that it is this hub. */
  onNamesake(deviceId: string): void;
  /** The hub is said to be offline, and is not. */
  onDeclaredOffline(): void;
}

export interface NamesakeWatch {
  readonly filters: readonly string[];
  /** Whether the message was about the hub itself. */
  take(message: Received): boolean;
}

export function watchNamesake(options: NamesakeOptions): NamesakeWatch {
  const { topics, deviceId } = options;
  const [info, state] = [topics.bridge('info'), topics.bridge('state')];
  return {
    filters: [info, state],
    take({ topic, payload, isRetained }) {
      if (topic === info) {
        const other = readDeviceId(payload);
        if (other !== undefined && other !== deviceId) options.onNamesake(other);
      } else if (topic === state && !isRetained && payload.toString() === 'offline') {
        options.onDeclaredOffline();
      }
      return topic === info || topic === state;
    },
  };
}

function readDeviceId(payload: Buffer): string | undefined {
  try {
    const body: unknown = JSON.parse(payload.toString());
    const deviceId: unknown = typeof body === 'object' && body !== null ? Reflect.get(body, 'deviceId') : undefined;
    return typeof deviceId === 'string' ? deviceId : undefined;
  } catch {
    // Nothing of ours is written that way, so it says nothing about a hub.
    return undefined;
  }
}
