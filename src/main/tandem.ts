/** What `import … from 'tandem-broker'` gives: the broker in process. The gateway's client is 'tandem-broker/client'. */
export { type BrokerOptions, createBroker } from '../broker/broker.js';
export type {
  AbilityConnectionManager,
  App,
  AppContext,
  AppRegistration,
  Broker,
  CollaborateEventListener,
  CollaborateParameters,
  DistributedDeviceManager,
  EventListener,
  SessionEventName,
  SessionSummary,
  Want,
} from '../broker/interface.js';
export { createTokenFile } from '../broker/token-file.js';
export { createTokenStore, type Grant, type Principal, type TokenStorage, type TokenStore } from '../broker/tokens.js';
export {
  CollaborateEventType,
  CollaborationKeys,
  CollaborationValues,
  ConnectErrorCode,
  ConnectOptionParams,
  DisconnectReason,
  OnCollaborateResult,
  type RadioState,
  REQUIRED_PERMISSIONS,
  type SessionState,
  StartOptionParams,
  WantKeys,
} from '../protocol/codes.js';
export type {
  AppName,
  AvailableDevice,
  CollaborateEventInfo,
  ConnectOptions,
  ConnectResult,
  EventCallbackInfo,
  PeerInfo,
  SendableData,
} from '../protocol/collaboration.js';
export { BrokerError, type ErrorKind } from '../protocol/errors.js';
export { createAccount } from '../transport/account.js';
export type { Clock } from '../transport/clock.js';
export { createMemoryAir, type MemoryAir, type MemoryAirOptions } from '../transport/memory.js';
export type { Transport } from '../transport/transport.js';
