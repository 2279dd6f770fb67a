/** What the peers say, on its way to the nodes. While a flow is deployed there are none: it is kept for them. */

/** @typedef {import('./node-red.js').Message} Message */
/** @typedef {(message: Message) => boolean} Listener answers whether it took the message */

/** Messages kept while there are no nodes; a deploy takes a moment only. */
const MOST_KEPT = 256;

export function createHearing() {
  /** @type {Set<Listener>} */
  const listeners = new Set();
  /** @type {(() => void)[]} */
  let kept = [];
  let isHolding = true;
  let dropped = 0;

  /** @param {Message} message */
  function hand(message) {
    // Each its own copy: what one node changes, another must not see.
    return [...listeners].map((listener) => listener({ ...message })).some(Boolean);
  }

  return {
    /**
     * Resolves with whether anyone took it.
     * @param {Message} message
     * @returns {Promise<boolean>}
     */
    async tell(message) {
      if (!isHolding) return hand(message);
      if (kept.length >= MOST_KEPT) {
        dropped += 1;
        return false;
      }
      return new Promise((resolve) => {
        kept.push(() => resolve(hand(message)));
      });
    },
    /** Keeps what comes, until `release`. */
    hold() {
      isHolding = true;
    },
    /** Hands over what was kept, in its order. Answers how many messages did not find room. */
    release() {
      isHolding = false;
      const waiting = kept;
      const lost = dropped;
      kept = [];
      dropped = 0;
      for (const handOver of waiting) handOver();
      return lost;
    },
    /** @param {Listener} listener */
    add(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}
