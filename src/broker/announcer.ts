/**
 * Events on their way to listeners. Charts post them in the middle of transitions, where no app's code may run; listeners are called
 * right after, and before any payload that came later.
 */
import type { EventName } from './listeners.js';
import type { Session } from './session.js';
import { tell } from './tell.js';

export interface Announcer {
  post(session: Session, name: EventName, info: unknown): void;
  /** Calls the listeners now. Never from within a chart's action. */
  flush(): void;
}

export function createAnnouncer(): Announcer {
  let posted: (() => void)[] = [];

  function flush(): void {
    if (posted.length === 0) return;
    const due = posted;
    posted = [];
    for (const call of due) call();
  }

  return {
    flush,
    post(session, name, info) {
      if (posted.length === 0) queueMicrotask(flush);
      posted.push(() => tell(session, name, info));
    },
  };
}
