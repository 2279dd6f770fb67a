/** What `import … from 'tandem-broker'` gives: the broker in process. The gateway's client is 'tandem-broker/client'. */
export type { StartableApp } from '../broker/app-starter.js';
export { type BrokerOptions, createBroker } from '../broker/broker.js';
export type {
  AbilityConnectionManager,
  App,
  AppContext,
  AppRegistration,
  Broker,
  BrokerCounters,
  CollaborateEventListener,
  CollaborateParameters,
  DistributedDeviceManager,
  Durations,
  EventListener,
  KnownDevice,
  NearbyDevice,
  SessionEventName,
  SessionSummary,
  SessionTrace,
  TracedEntry,
  Want,
} from '../broker/interface.js';
export { createTokenFile } from '../broker/token-file.js';
export {
  createTokenStore,
  type Grant,
  type Principal,
  type TokenInfo,
  type TokenRecord,
  type TokenStorage,
  type TokenStore,
  type TokenStoreOptions,
} from '../broker/tokens.js';
export {
  CollaborateEventType,
  CollaborationKeys,
  CollaborationValues,
  ConnectErrorCode,
  ConnectOptionParams,
  DisconnectReason,
  FlipOptions,
  type MachineName,
  OnCollaborateResult,
  type RadioState,
  REQUIRED_PERMISSIONS,
  type SessionState,
  StartOptionParams,
  StreamRole,
  type TraceKind,
  type TraceLane,
  VideoPixelFormat,
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
  StreamParam,
  SurfaceParam,
} from '../protocol/collaboration.js';
export { BrokerError, type BrokerErrorOptions, type ErrorKind } from '../protocol/errors.js';
export type { Scope } from '../protocol/scopes.js';
export type { TraceCounters, TraceEntry } from '../protocol/trace.js';
export { createAccount } from '../transport/account.js';
export type { Clock } from '../transport/clock.js';
export { createDeviceKeys, createPinnedKeys, type DeviceKeys, type PinnedKeys } from '../transport/device-keys.js';
export type { Faults } from '../transport/faults.js';
export { createMemoryAir, type MemoryAir, type MemoryAirOptions } from '../transport/memory.js';
export type { Transport } from '../transport/transport.js';
export { type DeviceState, openDeviceState } from './device-state.js';
