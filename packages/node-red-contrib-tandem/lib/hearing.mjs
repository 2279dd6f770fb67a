/**
 * What the peers say, on its way to the nodes. While a flow is deployed there are none: requests are kept for them, and sessions are not
 * listened to, so that what they bring waits at the gateway and its senders are stopped.
 */

/** @typedef {import('./node-red.js').Message} Message */
/** @typedef {(message: Message) => boolean} Listener answers whether it took the message */
/** @typedef {{ begin(): void, end(): void }} Listening */

/** Requests kept while there are no nodes; a deploy takes a moment only. */
const MOST_KEPT = 256;

export function createHearing() {
  /** @type {Set<Listener>} */
  const listeners = new Set();
  /** @type {Set<Listening>} */
  const listenings = new Set();
  /** @type {(() => void)[]} */
  let kept = [];
  let isHolding = true;

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
      if (kept.length >= MOST_KEPT) return false;
      return new Promise((resolve) => {
        kept.push(() => resolve(hand(message)));
      });
    },
    /** Keeps what comes, until `release`. */
    hold() {
      if (isHolding) return;
      isHolding = true;
      for (const { end } of listenings) end();
    },
    /** Hands over what was kept, in its order, and listens again. */
    release() {
      if (!isHolding) return;
      isHolding = false;
      const waiting = kept;
      kept = [];
      for (const handOver of waiting) handOver();
      for (const { begin } of listenings) begin();
    },
    /**
     * Listens to a session while there are nodes. Answers how to stop.
     * @param {Listening} listening
     */
    listenWith(listening) {
      listenings.add(listening);
      if (!isHolding) listening.begin();
      return () => void listenings.delete(listening);
    },
    /** @param {Listener} listener */
    add(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}
