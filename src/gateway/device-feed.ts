/** The subscription to the devices in range: every change carries the whole list. */
import { randomBytes } from 'node:crypto';
import type { Broker } from '../broker/interface.js';
import type { AvailableDevice } from '../protocol/collaboration.js';
import type { MethodResult } from '../protocol/methods.js';
import { formatNotification } from '../protocol/rpc.js';
import type { Outbox } from './outbox.js';
import { frameTexts } from './socket-frames.js';

export interface DeviceFeed {
  join(outbox: Outbox): MethodResult<'subscribe'>;
  leave(outbox: Outbox): void;
  close(): void;
}

export function createDeviceFeed(broker: Pick<Broker, 'devices$'>): DeviceFeed {
  const epoch = randomBytes(8).toString('base64url');
  const watchers = new Set<Outbox>();
  let devices: readonly AvailableDevice[] = [];
  let offset = 0;

  const subscription = broker.devices$.subscribe((list) => {
    devices = list;
    offset += 1;
    if (watchers.size === 0) return;
    const params = `{"subscription":"devices","epoch":"${epoch}","offset":${offset},"devices":${JSON.stringify(list)}}`;
    const frame = [frameTexts([formatNotification('update', params)])];
    for (const outbox of watchers) outbox.sendFrame(frame);
  });

  return {
    join(outbox) {
      watchers.add(outbox);
      // The list is all there is to know: whoever comes back has missed nothing that it does not say.
      return { subscription: 'devices', epoch, offset, recovered: false, devices };
    },
    leave: (outbox) => void watchers.delete(outbox),
    close: () => subscription.unsubscribe(),
  };
}
