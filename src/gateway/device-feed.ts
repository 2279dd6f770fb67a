/** A subscription to devices, those of the account or all nearby: every update carries the whole list. */
import { randomBytes } from 'node:crypto';
import type { Observable } from 'rxjs';
import type { MethodResult } from '../protocol/calls.js';
import { formatNotification } from '../protocol/rpc.js';
import type { Outbox } from './outbox.js';
import { type Frame, frameTexts } from './socket-frames.js';
import type { Timers } from './timers.js';

export interface DeviceFeed {
  join(outbox: Outbox): MethodResult<'subscribe'>;
  leave(outbox: Outbox): void;
  has(outbox: Outbox): boolean;
  close(): void;
}

export interface DeviceFeedOptions<Target extends 'devices' | 'nearby'> {
  /** What clients call it; also the field of its list. */
  readonly target: Target;
  /** Replays the present list, then each one that follows. */
  readonly lists$: Observable<NonNullable<MethodResult<'subscribe'>[Target]>>;
  /** Shortest time between two updates; the last list is never left out. */
  readonly intervalMs: number;
  readonly timers: Timers;
}

export function createDeviceFeed<Target extends 'devices' | 'nearby'>(options: DeviceFeedOptions<Target>): DeviceFeed {
  const { target, lists$, intervalMs, timers } = options;
  const epoch = randomBytes(8).toString('base64url');
  const watchers = new Set<Outbox>();
  let devices: MethodResult<'subscribe'>[Target] = [];
  let offset = 0;
  let updatedAt = Number.NEGATIVE_INFINITY;
  let timer: unknown;

  function update(): void {
    timer = undefined;
    updatedAt = timers.now();
    offset += 1;
    if (watchers.size === 0) return;
    const build = createBuild(
      `{"subscription":"${target}","epoch":"${epoch}","offset":${offset},"${target}":`,
      devices,
    );
    for (const outbox of watchers) outbox.sendLatest(target, build);
  }

  const subscription = lists$.subscribe((list) => {
    devices = list;
    if (timer !== undefined) return;
    const dueInMs = updatedAt + intervalMs - timers.now();
    if (dueInMs <= 0) update();
    else timer = timers.setTimeout(update, dueInMs);
  });

  return {
    join(outbox) {
      watchers.add(outbox);
      // An update that waits there says less than the answer.
      outbox.forgetLatest(target);
      // The list is all there is to know: whoever comes back has missed nothing that it does not say.
      return { subscription: target, epoch, offset, recovered: false, [target]: devices };
    },
    leave(outbox) {
      watchers.delete(outbox);
      outbox.forgetLatest(target);
    },
    has: (outbox) => watchers.has(outbox),
    close() {
      subscription.unsubscribe();
      timers.clearTimeout(timer);
    },
  };
}

/** Written when the first client takes it, and shared by all. */
function createBuild(head: string, list: unknown): () => Frame {
  let frame: Frame | undefined;
  return () => {
    frame ??= [frameTexts([formatNotification('update', `${head}${JSON.stringify(list)}}`)])];
    return frame;
  };
}
