/** What the client of the gateway offers. */
import type { GatewayInfo, MethodName, MethodParams, MethodResult, Registration } from '../protocol/calls.js';
import type { OnCollaborateResult } from '../protocol/codes.js';
import type {
  AvailableDevice,
  CollaborateEventInfo,
  ConnectOptions,
  ConnectResult,
  EventCallbackInfo,
  PeerInfo,
  SendableData,
} from '../protocol/collaboration.js';
import type { BrokerError } from '../protocol/errors.js';
import type { Lag } from '../protocol/notified.js';
import type { NearbyDevice, SessionSummary, SessionTrace } from '../protocol/observed.js';
import type { TraceEntry } from '../protocol/trace.js';
import type { ClientClock } from './clock.js';
import type { WebSocketConstructor } from './socket.js';

export type { GatewayInfo, Registration } from '../protocol/calls.js';
export type { AvailableDevice } from '../protocol/collaboration.js';
export type { Lag } from '../protocol/notified.js';
export type { KnownDevice, NearbyDevice, SessionSummary, SessionTrace } from '../protocol/observed.js';
export type { TraceEntry } from '../protocol/trace.js';

export interface ClientOptions {
  /** Such as `ws://127.0.0.1:8420/v1/ws`. */
  readonly url: string;
  /** From the gateway's owner: the file `token` of its state directory, or one made for this app. */
  readonly token: string;
  /** The standard one, or that of `ws` where there is none, if left out. */
  readonly webSocket?: WebSocketConstructor;
  /** False: the first failure closes the client. Default: true. */
  readonly isReconnecting?: boolean;
  /**
   * How long the first connection may take, in milliseconds, attempts and pauses together; then the client closes with `gatewayUnreachable`.
   * Default: 10,000. Infinity waits for ever. Later connections are always waited for.
   */
  readonly connectTimeoutMs?: number;
  /**
   * How long a call may take, in milliseconds, from being made to its answer. It then rejects, and is not sent if it was not by then.
   * Default: 30,000, which for `sendMessage` and `sendData` runs only while the gateway is away. Infinity waits for ever.
   */
  readonly callTimeoutMs?: number;
  /** For tests. */
  readonly clock?: ClientClock;
  /** For tests: from 0 to below 1. */
  readonly random?: () => number;
}

export type ClientState =
  /** Dialling, authenticating, or bringing app and subscriptions back. */
  | { readonly type: 'connecting' }
  | { readonly type: 'connected'; readonly gateway: GatewayInfo }
  /** Will connect again by itself; `error` says what happened. */
  | { readonly type: 'waiting'; readonly error: BrokerError; readonly retryInMs: number }
  /** For good: closed by the app (`clientClosed`), or refused by the gateway. */
  | { readonly type: 'closed'; readonly error: BrokerError };

/** As in the reference: `['ohos.extra.param.key.supportCollaborateIndex']` holds who asks, what for, and the token. */
export type Want = Readonly<Record<string, unknown>>;

export interface AppDefinition {
  /** The token's own bundle if left out. */
  readonly bundleName?: string;
  readonly moduleName: string;
  readonly abilityName: string;
  /** Called when a peer asks for a session. ACCEPT leaves 10 s to call `acceptConnect`; REJECT refuses. */
  readonly onCollaborate?: (want: Want, client: TandemClient) => OnCollaborateResult | Promise<OnCollaborateResult>;
}

/** All there is, first and after a gap; then what changes. A session in state 'destroyed' is gone. */
export type SessionsUpdate =
  | { readonly type: 'snapshot'; readonly sessions: readonly SessionSummary[] }
  | { readonly type: 'change'; readonly session: SessionSummary };

/** Always all there is. */
export type DevicesUpdate = { readonly type: 'snapshot'; readonly devices: readonly AvailableDevice[] };

/** Devices in range or linked, of whatever account. Always all there is; a few times a second at most. */
export type NearbyUpdate = { readonly type: 'snapshot'; readonly devices: readonly NearbyDevice[] };

/** What happened to one session: all that is remembered, first and after a gap; then each entry. */
export type TraceUpdate =
  | { readonly type: 'snapshot'; readonly trace: SessionTrace }
  | { readonly type: 'change'; readonly entry: TraceEntry };

export interface UpdateOf {
  readonly sessions: SessionsUpdate;
  readonly devices: DevicesUpdate;
  readonly nearby: NearbyUpdate;
}

export type SessionEventName = 'connect' | 'disconnect' | 'receiveMessage' | 'receiveData' | 'receiveImage';
export type EventListener = (info: EventCallbackInfo) => void;
export type CollaborateEventListener = (info: CollaborateEventInfo) => void;

/**
 * The reference's calls as asynchronous functions, without `context`, and the gateway's own. Every call waits for a connection. One that was
 * lost before the answer is replaced: the call is repeated on the next, carried out once and answered once, and calls keep their order. A call
 * rejects with BrokerError: the gateway's error; `invalidParameter` for what the gateway would not take; `gatewayUnreachable` or `callTimedOut`
 * when its time is over, see `callTimeoutMs`; `connectionLost` when the gateway may have forgotten the app before the client was back, so
 * that nobody knows whether the call was carried out; or why the client is closed.
 */
export interface TandemClient extends ReferenceCalls {
  readonly state: ClientState;
  /** Returns how to stop. */
  onStateChange(callback: (state: ClientState) => void): () => void;
  /** Called when this client reads too slowly. Returns how to stop. */
  onLag(callback: (lag: Lag) => void): () => void;
  /** Resolves once connected, however long that takes; rejects when the client closes first. */
  ready(): Promise<GatewayInfo>;
  /** Makes this client the voice of an app, also after every reconnect. One app per client. */
  registerApp(app: AppDefinition): Promise<Registration>;
  getAvailableDeviceList(): Promise<readonly AvailableDevice[]>;
  listSessions(): Promise<readonly SessionSummary[]>;
  /** Calls back with a snapshot, then with every change, also across reconnects. Resolves with how to stop. */
  subscribe<Target extends keyof UpdateOf>(
    target: Target,
    callback: (update: UpdateOf[Target]) => void,
  ): Promise<() => Promise<void>>;
  /** The same for the trace of one session. */
  subscribeTrace(sessionId: number, callback: (update: TraceUpdate) => void): Promise<() => Promise<void>>;
  /** What happened to a session, also to one that was destroyed lately. */
  traceSession(sessionId: number): Promise<SessionTrace>;
  /** Any method of docs/gateway.md, by name. */
  call<M extends MethodName>(method: M, params: MethodParams<M>): Promise<MethodResult<M>>;
  /** Ends the app, if there is one, and the connection; resolves when nothing is left running. */
  close(): Promise<void>;
}

export interface ReferenceCalls {
  createAbilityConnectionSession(
    serviceName: string,
    peerInfo: PeerInfo,
    connectOptions: ConnectOptions,
  ): Promise<number>;
  destroyAbilityConnectionSession(sessionId: number): Promise<void>;
  getPeerInfoById(sessionId: number): Promise<PeerInfo | undefined>;
  connect(sessionId: number): Promise<ConnectResult>;
  acceptConnect(sessionId: number, token: string): Promise<void>;
  reject(token: string, reason: string): Promise<void>;
  disconnect(sessionId: number): Promise<void>;
  /**
   * Resolves when the broker of the peer's device has the text and will hand it to its app, once and in order, as soon as that listens; not
   * when the app has taken it: what still waits there, or for the client of that app, ends with the session, the app or the broker.
   */
  sendMessage(sessionId: number, msg: string): Promise<void>;
  /** In a binary frame: the bytes as they are at the call; see SendableData for what to give. Resolves as sendMessage does. */
  sendData(sessionId: number, data: SendableData): Promise<void>;

  /**
   * Several listeners may listen to one event. What happened while nobody did waits and is told then, in its order: for listeners to texts and
   * to data together, call both before either is awaited. `collaborateEvent` does not wait.
   */
  on(type: SessionEventName, sessionId: number, callback: EventListener): Promise<void>;
  on(type: 'collaborateEvent', sessionId: number, callback: CollaborateEventListener): Promise<void>;
  /** Without `callback`: all of them. What happens from then on waits for the next listener, and its sender is stopped. */
  off(type: SessionEventName, sessionId: number, callback?: EventListener): Promise<void>;
  off(type: 'collaborateEvent', sessionId: number, callback?: CollaborateEventListener): Promise<void>;

  onConnect(sessionId: number, callback: EventListener): Promise<void>;
  offConnect(sessionId: number, callback?: EventListener): Promise<void>;
  onDisconnect(sessionId: number, callback: EventListener): Promise<void>;
  offDisconnect(sessionId: number, callback?: EventListener): Promise<void>;
  onReceiveMessage(sessionId: number, callback: EventListener): Promise<void>;
  offReceiveMessage(sessionId: number, callback?: EventListener): Promise<void>;
  onReceiveData(sessionId: number, callback: EventListener): Promise<void>;
  offReceiveData(sessionId: number, callback?: EventListener): Promise<void>;
  onReceiveImage(sessionId: number, callback: EventListener): Promise<void>;
  offReceiveImage(sessionId: number, callback?: EventListener): Promise<void>;
  onCollaborateEvent(sessionId: number, callback: CollaborateEventListener): Promise<void>;
  offCollaborateEvent(sessionId: number, callback?: CollaborateEventListener): Promise<void>;
}
