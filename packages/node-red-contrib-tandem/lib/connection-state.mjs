/** How a connection is, for whoever shows it. */

/** @typedef {{ readonly type: 'connecting' | 'connected' | 'waiting' | 'refused', readonly words: string }} ConnectionState */

export function createConnectionState() {
  /** @type {ConnectionState} */
  let state = { type: 'connecting', words: 'connecting to the gateway' };
  /** @type {Set<(state: ConnectionState) => void>} */
  const watchers = new Set();
  return {
    words: () => state.words,
    /**
     * @param {ConnectionState['type']} type
     * @param {string} words
     */
    enter(type, words) {
      state = { type, words };
      for (const watch of [...watchers]) watch(state);
    },
    /**
     * Calls back with what is, then with what comes.
     * @param {(state: ConnectionState) => void} callback
     */
    watch(callback) {
      watchers.add(callback);
      callback(state);
      return () => void watchers.delete(callback);
    },
    /**
     * Resolves with what is once it is one of these, or as it is after the longest wait.
     * @param {readonly ConnectionState['type'][]} types
     * @param {number} longestMs
     * @returns {Promise<ConnectionState>}
     */
    async reach(types, longestMs) {
      if (types.includes(state.type)) return state;
      return new Promise((resolve) => {
        const end = () => {
          clearTimeout(timer);
          watchers.delete(look);
          resolve(state);
        };
        const look = () => {
          if (types.includes(state.type)) end();
        };
        const timer = setTimeout(end, longestMs);
        watchers.add(look);
      });
    },
  };
}
