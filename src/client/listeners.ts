/** Who on this client listens to which event of which session, and what waits for somebody who does. */

import type { EventType } from '../protocol/calls.js';
import type { CollaborateEventInfo, EventCallbackInfo } from '../protocol/collaboration.js';
import { createUnheard, forgetEntries, scheduleTelling, tellUnheard, type Unheard } from '../protocol/unheard.js';
import { callBack } from './call-back.js';

/** The fields of every event; each has those of its kind. */
export type EventFields = EventCallbackInfo & Partial<CollaborateEventInfo>;
/** Takes EventCallbackInfo, or CollaborateEventInfo where it listens to 'collaborateEvent'. */
export type EventCallback = (info: EventCallbackInfo & CollaborateEventInfo) => void;

export interface Listeners {
  add(type: EventType, sessionId: number, callback: EventCallback): void;
  /** Removes one, or all without `callback`. True when none is left. */
  remove(type: EventType, sessionId: number, callback?: EventCallback): boolean;
  /** Calls those who listen. False: nobody does, and it waits for the first who will. */
  raise(type: EventType, info: EventFields): boolean;
  /** A new attempt begins: how the last connection came and went is told to nobody any more. */
  begin(sessionId: number): void;
  /** Sessions that somebody listens to, or of which something waits. */
  sessionIds(): readonly number[];
  /** Removes all of a session. */
  forget(sessionId: number): void;
}

interface SessionListeners {
  readonly byType: Map<EventType, Set<EventCallback>>;
  readonly unheard: Unheard<{ readonly type: EventType; readonly info: EventFields }>;
}

export function createListeners(): Listeners {
  const bySession = new Map<number, SessionListeners>();

  function ofSession(sessionId: number): SessionListeners {
    const known = bySession.get(sessionId) ?? { byType: new Map(), unheard: createUnheard() };
    bySession.set(sessionId, known);
    return known;
  }

  function tidy(sessionId: number): void {
    const session = bySession.get(sessionId);
    if (session?.byType.size === 0 && session.unheard.entries.length === 0) bySession.delete(sessionId);
  }

  function tellAll(sessionId: number, { byType, unheard }: SessionListeners): void {
    tellUnheard(
      unheard,
      ({ type }) => byType.has(type),
      ({ type, info }) => call(byType.get(type), info),
    );
    tidy(sessionId);
  }

  return {
    add(type, sessionId, callback) {
      const session = ofSession(sessionId);
      session.byType.set(type, (session.byType.get(type) ?? new Set()).add(callback));
      if (session.unheard.entries.length > 0) scheduleTelling(session.unheard, () => tellAll(sessionId, session));
    },
    remove(type, sessionId, callback) {
      const byType = bySession.get(sessionId)?.byType;
      const callbacks = byType?.get(type);
      if (callback !== undefined) callbacks?.delete(callback);
      if (callback !== undefined && callbacks !== undefined && callbacks.size > 0) return false;
      byType?.delete(type);
      tidy(sessionId);
      return true;
    },
    raise(type, info) {
      const { byType, unheard } = ofSession(info.sessionId);
      const callbacks = byType.get(type);
      if (callbacks === undefined || unheard.next !== undefined) unheard.entries.push({ type, info });
      else call(callbacks, info);
      return callbacks !== undefined;
    },
    begin(sessionId) {
      const unheard = bySession.get(sessionId)?.unheard;
      if (unheard !== undefined) forgetEntries(unheard, ({ type }) => type === 'connect' || type === 'disconnect');
      tidy(sessionId);
    },
    sessionIds: () => [...bySession.keys()],
    forget(sessionId) {
      const session = bySession.get(sessionId);
      bySession.delete(sessionId);
      session?.byType.clear();
    },
  };
}

function call(callbacks: ReadonlySet<EventCallback> = new Set(), info: EventFields): void {
  const fields = info as EventCallbackInfo & CollaborateEventInfo; // a callback reads the fields of its own type only
  for (const callback of [...callbacks]) callBack(callback, fields);
}
