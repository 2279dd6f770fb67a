/** The sessions of the gateway, newest first, however many there are and however fast they change. */
import { type ReadonlySignal, signal } from '@preact/signals';
import type { SessionSummary, SessionsUpdate } from '../../client/client.js';

/** How far back a session's changes are counted. */
const RATE_SPAN_MS = 60_000;

export interface SessionBook {
  /** False until the gateway has said what there is. */
  readonly isKnown: ReadonlySignal<boolean>;
  /** A new list for every picture in which something changed. */
  readonly all: ReadonlySignal<readonly SessionSummary[]>;
  find(sessionId: number): SessionSummary | undefined;
  /** How often the state changed within the last minute, as far as the page was there. */
  changesOf(sessionId: number, now: number): number;
  readonly update: (update: SessionsUpdate) => void;
}

/** `nextPicture` calls back once, before the browser draws again. */
export function createSessionBook(
  nextPicture: (callback: () => void) => unknown = (callback) => requestAnimationFrame(callback),
): SessionBook {
  const byId = new Map<number, SessionSummary>();
  const changes = new Map<number, number[]>();
  const all = signal<readonly SessionSummary[]>([]);
  const isKnown = signal(false);
  let isDue = false;

  /** Thousands of changes between two pictures cost one list. */
  function publish(): void {
    if (isDue) return;
    isDue = true;
    nextPicture(() => {
      isDue = false;
      all.value = [...byId.values()].sort((one, other) => other.sessionId - one.sessionId);
      isKnown.value = true;
    });
  }

  function change(session: SessionSummary): void {
    const { sessionId, since } = session;
    if (session.state === 'destroyed') {
      byId.delete(sessionId);
      changes.delete(sessionId);
      return;
    }
    byId.set(sessionId, session);
    const recent = (changes.get(sessionId) ?? []).filter((at) => at > since - RATE_SPAN_MS);
    changes.set(sessionId, [...recent, since]);
  }

  return {
    isKnown,
    all,
    find: (sessionId) => byId.get(sessionId),
    changesOf: (sessionId, now) => changes.get(sessionId)?.filter((at) => at > now - RATE_SPAN_MS).length ?? 0,
    update(update) {
      if (update.type === 'change') change(update.session);
      else {
        byId.clear();
        for (const session of update.sessions) byId.set(session.sessionId, session);
      }
      publish();
    },
  };
}
