/** Updates of which only the last one counts: while a client does not read they are held, and each replaces the one before. */
import type { SubscriptionTarget } from '../protocol/calls.js';
import type { NotificationParams } from '../protocol/notified.js';
import { formatNotification } from '../protocol/rpc.js';
import type { Frame } from './socket-frames.js';

export interface Gauges {
  /** `build` is called when the update is sent, and not at all when another one replaces it. */
  set(target: SubscriptionTarget, build: () => Frame): void;
  forget(target: SubscriptionTarget): void;
  /** True when the caller now has to wait for the socket; what is held stays, and what replaces it from now on counts as coalesced. */
  hold(): boolean;
  /** Hands out all that is held, each after word of how many it stands for. */
  take(queuedBytes: number): (string | Frame)[];
}

interface Held {
  build: () => Frame;
  /** Updates that this one has replaced while the client did not read. */
  coalesced: number;
}

export function createGauges(): Gauges {
  /** As many entries as there are targets. */
  const held = new Map<SubscriptionTarget, Held>();
  let isHolding = false;

  return {
    set(target, build) {
      const earlier = held.get(target);
      const coalesced = earlier !== undefined && isHolding ? earlier.coalesced + 1 : 0;
      held.set(target, { build, coalesced });
    },
    forget: (target) => void held.delete(target),
    hold() {
      const isFirst = !isHolding;
      isHolding = true;
      return isFirst;
    },
    take(queuedBytes) {
      const items: (string | Frame)[] = [];
      for (const [subscription, { build, coalesced }] of held) {
        if (coalesced > 0) items.push(formatLag({ subscription, coalesced, queuedBytes }));
        items.push(build());
      }
      held.clear();
      isHolding = false;
      return items;
    },
  };
}

export function formatLag(params: NotificationParams<'lag'>): string {
  return formatNotification('lag', JSON.stringify(params));
}
