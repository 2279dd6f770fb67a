/** What the client raises, as messages for the nodes. */
import { OnCollaborateResult, WantKeys } from 'tandem-broker/client';

/** @typedef {ReturnType<import('./hearing.mjs').createHearing>} Hearing */
/** @typedef {ReturnType<import('./session-list.mjs').createSessionList>} SessionList */
/** @typedef {import('./node-red.js').Message} Message */
/** @typedef {Parameters<Parameters<import('tandem-broker/client').TandemClient['onConnect']>[1]>[0]} Info */

/**
 * Hears everything of a session, until it is destroyed.
 * @param {import('tandem-broker/client').TandemClient} client
 * @param {{ readonly hearing: Hearing, readonly sessions: SessionList }} heard
 * @param {number} sessionId
 * @param {Message} about what every message of it says: the service, and the peer
 */
export async function listenTo(client, { hearing, sessions }, sessionId, { serviceName, peer }) {
  const tell = (/** @type {Message} */ message) => void hearing.tell({ ...message, serviceName, peer, sessionId });
  const connect = () => tell({ topic: 'connect' });
  const disconnect = (/** @type {Info} */ { reason }) => tell({ topic: 'disconnect', payload: reason });
  const text = (/** @type {Info} */ { msg }) => tell({ topic: 'receiveMessage', payload: msg });
  const data = (/** @type {Info} */ { data: bytes = new ArrayBuffer(0) }) =>
    tell({ topic: 'receiveData', payload: Buffer.from(bytes) });
  /** @type {Promise<unknown>} */
  let ready = Promise.resolve();
  const stop = hearing.listenWith({
    // All at once, so that what waits comes in its order.
    begin() {
      ready = Promise.all([
        client.onConnect(sessionId, connect),
        client.onDisconnect(sessionId, disconnect),
        client.onReceiveMessage(sessionId, text),
        client.onReceiveData(sessionId, data),
      ]);
      // A session that is gone has nothing to say.
      ready.catch(() => {});
    },
    end() {
      const endings = [
        client.offConnect(sessionId, connect),
        client.offDisconnect(sessionId, disconnect),
        client.offReceiveMessage(sessionId, text),
        client.offReceiveData(sessionId, data),
      ];
      Promise.all(endings).catch(() => {});
    },
  });
  sessions.whenDestroyed(sessionId, stop);
  await ready;
}

/**
 * Answers requests of peers: accepted where a node takes them, which then has to accept in its own words; refused otherwise.
 * @param {Hearing} hearing
 */
export function askIn(hearing) {
  return async (/** @type {Record<string, unknown>} */ want) => {
    const isTaken = await hearing.tell({ topic: 'collaborate', ...readWant(want) });
    return isTaken ? OnCollaborateResult.ACCEPT : OnCollaborateResult.REJECT;
  };
}

/**
 * The node `session out` takes these fields as they are when it accepts.
 * @param {Record<string, unknown>} want
 */
function readWant(want) {
  const parameters = /** @type {Record<string, any>} */ (want[WantKeys.COLLABORATE_PARAMETERS] ?? {});
  const { PeerInfo: peer = {}, ConnectOptions: connectOptions = {}, [WantKeys.TOKEN]: token = '' } = parameters;
  return { payload: peer.serviceName ?? '', token, peer, serviceName: peer.serviceName ?? '', connectOptions };
}
