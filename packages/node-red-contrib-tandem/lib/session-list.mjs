/** The sessions that the gateway tells of, and who wants to know when one changes. */

/** @typedef {import('tandem-broker/client').SessionSummary} SessionSummary */
/** @typedef {import('tandem-broker/client').SessionsUpdate} SessionsUpdate */

export function createSessionList() {
  /** @type {Map<number, SessionSummary>} */
  const sessions = new Map();
  /** @type {Set<(session: SessionSummary) => void>} */
  const watchers = new Set();

  /** @param {SessionSummary} session */
  function change(session) {
    if (session.state === 'destroyed') sessions.delete(session.sessionId);
    else sessions.set(session.sessionId, session);
    for (const watch of [...watchers]) watch(session);
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
    /** @param {(session: SessionSummary) => void} callback */
    watch(callback) {
      watchers.add(callback);
      return () => void watchers.delete(callback);
    },
  };
}
