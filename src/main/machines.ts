/** What `import … from 'tandem-broker/machines'` gives: the statecharts, for tools that read XState's machines. Their effects are the broker's. */
export { AttemptError } from '../machines/attempt-error.js';
export {
  type ErrorParams,
  type LinkNumber,
  type LinkParams,
  type PeerContext,
  type PeerEvent,
  peerMachine,
} from '../machines/peer.js';
export { type RadioContext, type RadioEvent, radioMachine } from '../machines/radio.js';
export { type SessionContext, sessionMachine } from '../machines/session.js';
export type { SessionEvent } from '../machines/session-events.js';
export { ConnectErrorCode, DisconnectReason, type RadioState } from '../protocol/codes.js';
export type { LinkEnd } from '../transport/transport.js';
