/** Who on this client listens to which event of which session. */

import type { EventType } from '../protocol/calls.js';
import type { CollaborateEventInfo, EventCallbackInfo } from '../protocol/collaboration.js';
import { callBack } from './call-back.js';

/** The fields of every event; each has those of its kind. */
export type EventFields = EventCallbackInfo & Partial<CollaborateEventInfo>;
/** Takes EventCallbackInfo, or CollaborateEventInfo where it listens to 'collaborateEvent'. */
export type EventCallback = (info: EventCallbackInfo & CollaborateEventInfo) => void;

export interface Listeners {
  add(type: EventType, sessionId: number, callback: EventCallback): void;
  /** Removes one, or all without `callback`. True when none is left. */
  remove(type: EventType, sessionId: number, callback?: EventCallback): boolean;
  raise(type: EventType, info: EventFields): void;
  /** Sessions that somebody listens to. */
  sessionIds(): readonly number[];
  /** Removes all of a session. */
  forget(sessionId: number): void;
}

export function createListeners(): Listeners {
  const bySession = new Map<number, Map<EventType, Set<EventCallback>>>();

  return {
    add(type, sessionId, callback) {
      const byType = bySession.get(sessionId) ?? new Map<EventType, Set<EventCallback>>();
      bySession.set(sessionId, byType);
      byType.set(type, (byType.get(type) ?? new Set()).add(callback));
    },
    remove(type, sessionId, callback) {
      const byType = bySession.get(sessionId);
      const callbacks = byType?.get(type);
      if (callback !== undefined) callbacks?.delete(callback);
      if (callback !== undefined && callbacks !== undefined && callbacks.size > 0) return false;
      byType?.delete(type);
      if (byType?.size === 0) bySession.delete(sessionId);
      return true;
    },
    raise(type, info) {
      const fields = info as EventCallbackInfo & CollaborateEventInfo; // a callback reads the fields of its own type only
      for (const callback of [...(bySession.get(info.sessionId)?.get(type) ?? [])]) callBack(callback, fields);
    },
    sessionIds: () => [...bySession.keys()],
    forget: (sessionId) => void bySession.delete(sessionId),
  };
}
