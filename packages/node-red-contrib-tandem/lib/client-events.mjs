/** What the client raises, as messages for the nodes. */
import { OnCollaborateResult, WantKeys } from 'tandem-broker/client';

/** @typedef {ReturnType<import('./hearing.mjs').createHearing>} Hearing */
/** @typedef {import('./node-red.js').Message} Message */

/**
 * Hears everything of a session, for as long as it lives.
 * @param {import('tandem-broker/client').TandemClient} client
 * @param {Hearing} hearing
 * @param {number} sessionId
 * @param {Message} about what every message of it says
 */
export async function listenTo(client, hearing, sessionId, about) {
  const tell = (/** @type {Message} */ message) => void hearing.tell({ ...message, ...about, sessionId });
  await client.on('connect', sessionId, () => tell({ topic: 'connect' }));
  await client.on('disconnect', sessionId, ({ reason }) => tell({ topic: 'disconnect', payload: reason }));
  await client.on('receiveMessage', sessionId, ({ msg }) => tell({ topic: 'receiveMessage', payload: msg }));
  await client.on('receiveData', sessionId, ({ data = new ArrayBuffer(0) }) =>
    tell({ topic: 'receiveData', payload: Buffer.from(data) }),
  );
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
