/** Counts what must not be left behind. */
import { Observable } from 'rxjs';
import type { Clock } from '../../src/transport/clock.js';
import type { Link } from '../../src/transport/transport.js';

/** A link, and how many subscriptions its streams have now. */
export interface WatchedLink {
  readonly link: Link;
  observers(): number;
}

export function watchLink(link: Link): WatchedLink {
  let count = 0;
  const watch = <T>(source$: Observable<T>): Observable<T> =>
    new Observable((observer) => {
      count += 1;
      const subscription = source$.subscribe(observer);
      return () => {
        count -= 1;
        subscription.unsubscribe();
      };
    });
  const { packets$, writable$, ended$ } = link;
  const watched: Link = {
    ...link,
    packets$: watch(packets$),
    writable$: watch(writable$),
    ended$: watch(ended$),
  };
  return { link: watched, observers: () => count };
}

/** A clock, and how many of its timers are set now. */
export interface WatchedClock extends Clock {
  timers(): number;
}

export function watchClock(clock: Clock): WatchedClock {
  const set = new Set<unknown>();
  return {
    now: () => clock.now(),
    setTimeout(callback, delayMs) {
      const handle = clock.setTimeout(() => {
        set.delete(handle);
        callback();
      }, delayMs);
      set.add(handle);
      return handle;
    },
    clearTimeout(handle) {
      set.delete(handle);
      clock.clearTimeout(handle);
    },
    timers: () => set.size,
  };
}
