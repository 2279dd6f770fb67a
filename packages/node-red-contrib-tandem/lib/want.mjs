/** A request for a session, as fields of a message. */
import { WantKeys } from 'tandem-broker/client';

/**
 * The node `session out` takes these fields as they are when it accepts.
 * @param {Record<string, unknown>} want
 */
export function readWant(want) {
  const parameters = /** @type {Record<string, any>} */ (want[WantKeys.COLLABORATE_PARAMETERS] ?? {});
  const { PeerInfo: peer = {}, ConnectOptions: connectOptions = {}, [WantKeys.TOKEN]: token = '' } = parameters;
  return { payload: peer.serviceName ?? '', token, peer, serviceName: peer.serviceName ?? '', connectOptions };
}
