/** The sessions that the gateway tells of, and who wants to know when one changes. */

/** @typedef {import('tandem-broker/client').SessionSummary} SessionSummary */
/** @typedef {import('tandem-broker/client').SessionsUpdate} SessionsUpdate */

export function createSessionList() {
  /** @type {Map<number, SessionSummary>} */
  const sessions = new Map();
  /** @type {Set<(session: SessionSummary) => void>} */
  const watchers = new Set();
  /** @type {Map<number, () => void>} */
  const endings = new Map();

  /** @param {SessionSummary} session */
  function change(session) {
    if (session.state === 'destroyed') end(session.sessionId);
    else sessions.set(session.sessionId, session);
    for (const watch of [...watchers]) watch(session);
  }

  /** @param {number} sessionId */
  function end(sessionId) {
    sessions.delete(sessionId);
    endings.get(sessionId)?.();
    endings.delete(sessionId);
  }

  return {
    /** Those that are not destroyed. */
    all: () => [...sessions.values()],
    /** @param {SessionsUpdate} update */
    learn(update) {
      if (update.type === 'change') return change(update.session);
      const present = new Set(update.sessions.map(({ sessionId }) => sessionId));
      // A gateway that was started anew does not know them any more.
      const gone = [...sessions.values()].filter(({ sessionId }) => !present.has(sessionId));
      for (const session of gone) change({ ...session, state: 'destroyed' });
      update.sessions.forEach(change);
    },
    /** @type {(sessionId: number, callback: () => void) => void} */
    whenDestroyed: (sessionId, callback) => void endings.set(sessionId, callback),
    /** @param {(session: SessionSummary) => void} callback */
    watch(callback) {
      watchers.add(callback);
      return () => void watchers.delete(callback);
    },
  };
}
