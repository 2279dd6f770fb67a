/**
 * Every call a client may make, as plain types: readable where a client is written, and cheap to check. methods.ts has the same as schemas,
 * and does not compile where the two differ.
 */
import type { AvailableDevice, ConnectOptions, ConnectResult, PeerInfo } from './collaboration.js';
import type { KnownDevice, NearbyDevice, SessionSummary, SessionTrace } from './observed.js';
import type { Scope } from './scopes.js';

/** What can be subscribed to. */
export const SUBSCRIPTION_TARGETS = ['sessions', 'devices', 'nearby', 'trace'] as const;
export type SubscriptionTarget = (typeof SUBSCRIPTION_TARGETS)[number];

/** What `on` and `off` know. Source: reference, on('connect') and so on; the last two are for system apps. */
export const EVENT_TYPES = [
  'connect',
  'disconnect',
  'receiveMessage',
  'receiveData',
  'collaborateEvent',
  'receiveImage',
] as const;
export type EventType = (typeof EVENT_TYPES)[number];

/** Where a client was before its connection was lost. `epoch` names what was counted; under another one the count starts anew. */
export interface Position {
  readonly epoch: string;
  readonly offset: number;
}

/** What the gateway says about itself and the token: the answer to `authenticate`. */
export interface GatewayInfo {
  /** Of the token. */
  readonly name: string;
  readonly bundleName: string;
  readonly scopes: readonly Scope[];
  readonly isSystemApp: boolean;
  /** Of the protocol. */
  readonly version: number;
  readonly deviceId: string;
  readonly deviceName: string;
}

/** The answer to `registerApp`. */
export interface Registration extends Position {
  /** Whether the app was still there, with its sessions. */
  readonly resumed: boolean;
  /** Whether every event since the position comes. */
  readonly recovered: boolean;
  readonly sessions: readonly SessionSummary[];
}

/** The answer to `subscribe`: with all there is of the target, unless every change since the position comes. */
export interface Subscribed extends Position {
  readonly subscription: SubscriptionTarget;
  readonly sessionId?: number;
  readonly recovered: boolean;
  readonly sessions?: readonly SessionSummary[];
  readonly devices?: readonly AvailableDevice[];
  readonly nearby?: readonly NearbyDevice[];
  readonly trace?: SessionTrace;
}

/** An access token without its text. Times are in milliseconds since 1970; the last use is to the hour. */
export interface AccessToken {
  readonly tokenId: string;
  readonly name: string;
  readonly bundleName: string;
  readonly scopes: readonly Scope[];
  readonly permissions: readonly string[];
  readonly isSystemApp: boolean;
  readonly createdAt?: number;
  readonly lastUsedAt?: number;
  readonly expiresAt?: number;
}

export interface SessionParams {
  readonly sessionId: number;
}

export interface ChangeParams extends SessionParams {
  /** Names one call of an app: while the gateway remembers it, a repetition gets the answer of the first and is not carried out. */
  readonly idempotencyKey?: string;
}

export interface EventParams extends ChangeParams {
  readonly type: EventType;
}

/** Every call a client may make. */
export interface Calls {
  authenticate: { params: { readonly token: string; readonly version?: number }; result: GatewayInfo };
  ping: { params: object; result: null };
  getAvailableDeviceList: { params: object; result: readonly AvailableDevice[] };
  listKnownDevices: { params: object; result: readonly KnownDevice[] };
  listSessions: { params: object; result: readonly SessionSummary[] };
  traceSession: { params: SessionParams; result: SessionTrace };
  subscribe: {
    params: { readonly target: SubscriptionTarget; readonly sessionId?: number; readonly since?: Position };
    result: Subscribed;
  };
  unsubscribe: {
    params: { readonly subscription: SubscriptionTarget; readonly sessionId?: number };
    result: null;
  };
  registerApp: {
    params: {
      readonly moduleName: string;
      readonly abilityName: string;
      readonly bundleName?: string;
      readonly onCollaborate?: boolean;
      readonly resume?: Position;
    };
    result: Registration;
  };

  createAbilityConnectionSession: {
    params: {
      readonly serviceName: string;
      readonly peerInfo: PeerInfo;
      readonly connectOptions: ConnectOptions;
      readonly idempotencyKey?: string;
    };
    result: number;
  };
  destroyAbilityConnectionSession: { params: ChangeParams; result: null };
  getPeerInfoById: { params: SessionParams; result: PeerInfo | null };
  on: { params: EventParams & { readonly encoding?: 'binary' | 'base64' }; result: null };
  off: { params: EventParams; result: null };
  connect: { params: ChangeParams; result: ConnectResult };
  acceptConnect: { params: ChangeParams & { readonly token: string }; result: null };
  reject: {
    params: { readonly token: string; readonly reason: string; readonly idempotencyKey?: string };
    result: null;
  };
  disconnect: { params: ChangeParams; result: null };
  sendMessage: { params: ChangeParams & { readonly msg: string }; result: null };
  /** `data` is base64; the client sends a binary frame instead. */
  sendData: { params: ChangeParams & { readonly data: string }; result: null };

  // For system apps: their arguments are left to the broker, because 202 comes before any check of them.
  sendImage: {
    params: { readonly sessionId?: unknown; readonly image?: unknown; readonly quality?: unknown };
    result: null;
  };
  createStream: { params: { readonly sessionId?: unknown; readonly param?: unknown }; result: number };
  setSurfaceId: {
    params: { readonly streamId?: unknown; readonly surfaceId?: unknown; readonly param?: unknown };
    result: null;
  };
  getSurfaceId: { params: { readonly streamId?: unknown; readonly param?: unknown }; result: string };
  updateSurfaceParam: { params: { readonly streamId?: unknown; readonly param?: unknown }; result: null };
  startStream: { params: { readonly streamId?: unknown }; result: null };
  stopStream: { params: { readonly streamId?: unknown }; result: null };
  destroyStream: { params: { readonly streamId?: unknown }; result: null };

  createToken: {
    params: {
      readonly name: string;
      readonly bundleName: string;
      readonly scopes: readonly Scope[];
      readonly permissions?: readonly string[];
      readonly isSystemApp?: boolean;
      readonly lifetimeMs?: number;
    };
    result: { readonly token: string; readonly tokenId: string };
  };
  listTokens: { params: object; result: readonly AccessToken[] };
  revokeToken: { params: { readonly tokenId: string }; result: null };
}

export type MethodName = keyof Calls;
export type MethodParams<M extends MethodName> = Calls[M]['params'];
export type MethodResult<M extends MethodName> = Calls[M]['result'];
