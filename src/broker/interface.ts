/** What the broker offers to apps in its process and to the gateway. */
import type { Observable } from 'rxjs';
import type {
  CollaborateEventType,
  CollaborationKeys,
  CollaborationValues,
  ConnectErrorCode,
  ConnectOptionParams,
  DisconnectReason,
  FlipOptions,
  OnCollaborateResult,
  RadioState,
  SessionState,
  StartOptionParams,
  StreamRole,
  VideoPixelFormat,
} from '../protocol/codes.js';
import type {
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
import type { KnownDevice, NearbyDevice, SessionSummary, SessionTrace } from '../protocol/observed.js';
import type { TraceEntry } from '../protocol/trace.js';

export type { KnownDevice, NearbyDevice, SessionSummary, SessionTrace } from '../protocol/observed.js';

/** What createAbilityConnectionSession takes as `context`: the mark of a registered app. */
export interface AppContext {
  readonly app: AppName;
}

/** The parameter of onCollaborate. `['ohos.extra.param.key.supportCollaborateIndex']` holds CollaborateParameters. */
export type Want = Readonly<Record<string, unknown>>;

/** Who asks, what for, and the token to accept or reject with. Source: reference, acceptConnect example; reference-behaviour 2.7. */
export interface CollaborateParameters {
  readonly PeerInfo: PeerInfo;
  readonly ConnectOptions: ConnectOptions;
  /** The same under the name the original's code uses. */
  readonly ConnectOption: ConnectOptions;
  readonly 'ohos.dms.collabToken': string;
}

export interface AppRegistration extends AppName {
  /** Names of the permissions the app holds, see REQUIRED_PERMISSIONS. */
  readonly permissions: readonly string[];
  readonly isSystemApp?: boolean;
  /** Called when a peer app asks for a session. REJECT, or a call of `reject`, refuses; ACCEPT leaves 10 s to call `acceptConnect`. */
  readonly onCollaborate?: (want: Want) => OnCollaborateResult | Promise<OnCollaborateResult>;
}

/** One registered app. */
export interface App {
  readonly context: AppContext;
  readonly abilityConnectionManager: AbilityConnectionManager;
  readonly distributedDeviceManager: DistributedDeviceManager;
  /** Until `resumeDelivery`, the app is told nothing: payload and events wait, peers are stopped by their credit, and nothing is lost. */
  pauseDelivery(): void;
  resumeDelivery(): void;
  readonly isDeliveryPaused: boolean;
  /** Ends all its sessions (their peers see PEER_APP_EXIT) and forgets it. */
  close(): void;
}

/** Source: the reference's example of createAbilityConnectionSession. */
export interface DistributedDeviceManager {
  /** Itself, whatever the bundle: an app has one already. */
  createDeviceManager(bundleName: string): DistributedDeviceManager;
  getAvailableDeviceListSync(): AvailableDevice[];
}

/** An entry as it is recorded. */
export interface TracedEntry {
  readonly sessionId: number;
  readonly entry: TraceEntry;
}

/** How long something took, in buckets. */
export interface Durations {
  /** Upper ends; whatever took longer than the last is in `count` alone. */
  readonly bucketSeconds: readonly number[];
  /** How many ended up in each, and in none of those before it. */
  readonly counts: readonly number[];
  readonly count: number;
  readonly sumSeconds: number;
}

/** What a broker has done since its start, and what it holds now. Bytes are payload. */
export interface BrokerCounters {
  readonly sessions: Readonly<Record<SessionState, number>>;
  readonly links: number;
  /** Payload of all sessions that is not settled, with what each message counts besides. */
  readonly queuedBytes: number;
  /** Payload of all sessions that waits for a listener here, with what each message counts besides. */
  readonly unheardBytes: number;
  readonly textsSent: number;
  readonly textsReceived: number;
  readonly dataSent: number;
  readonly dataReceived: number;
  readonly bytesSent: number;
  readonly bytesReceived: number;
  /** Payload frames that went out again because a link was lost. */
  readonly resends: number;
  readonly suspensions: number;
  /** From `connect` to connected. */
  readonly connects: Durations;
  /** From dialling, or from being dialled, to a secured link. */
  readonly linkOpenings: Durations;
}

export interface Broker {
  readonly deviceId: string;
  readonly deviceName: string;
  readonly radioState: RadioState;
  readonly radio$: Observable<RadioState>;
  /** Replays the devices in range or linked that share the account, then the whole list again when one comes, goes or is renamed. */
  readonly devices$: Observable<readonly AvailableDevice[]>;
  /** Replays all devices nearby, those of other accounts, too; then the whole list again on every change, also of signal strength. */
  readonly nearby$: Observable<readonly NearbyDevice[]>;
  /** A summary for every change of a session's state from now on; 'destroyed' is its last. */
  readonly sessions$: Observable<SessionSummary>;
  listDevices(): readonly AvailableDevice[];
  /** Also those that are out of range by now; at most 256. */
  listKnownDevices(): readonly KnownDevice[];
  listSessions(): readonly SessionSummary[];
  /** Every entry of every session's trace from now on. */
  readonly traces$: Observable<TracedEntry>;
  /** Also of the sessions destroyed last; undefined for others. */
  traceSession(sessionId: number): SessionTrace | undefined;
  counters(): BrokerCounters;
  /** Throws BrokerError `appInUse` while the same app is registered, `invalidParameter` on bad names. */
  registerApp(registration: AppRegistration): App;
  /** Ends every app, session and link; resolves when nothing is left running. */
  close(): Promise<void>;
}

export type SessionEventName = 'connect' | 'disconnect' | 'receiveMessage' | 'receiveData';
export type EventListener = (info: EventCallbackInfo) => void;
export type CollaborateEventListener = (info: CollaborateEventInfo) => void;

/** The reference's module: its functions, enumerations and constants. Errors are thrown or rejected exactly as docs/errors.md says. */
export interface AbilityConnectionManager {
  createAbilityConnectionSession(
    serviceName: string,
    context: AppContext,
    peerInfo: PeerInfo,
    connectOptions: ConnectOptions,
  ): number;
  destroyAbilityConnectionSession(sessionId: number): void;
  getPeerInfoById(sessionId: number): PeerInfo | undefined;
  connect(sessionId: number): Promise<ConnectResult>;
  acceptConnect(sessionId: number, token: string): Promise<void>;
  reject(token: string, reason: string): void;
  disconnect(sessionId: number): void;
  /**
   * Resolves when the broker of the peer's device has the text and will hand it to its app, once and in order, as soon as that listens; not
   * when the app has taken it: what still waits there ends with that session, its app or its broker. At most 1,024 bytes of UTF-8.
   */
  sendMessage(sessionId: number, msg: string): Promise<void>;
  /** Sends the bytes as they are at the call; see SendableData for what to give. Resolves as sendMessage does. 1 byte to below 80 MiB. */
  sendData(sessionId: number, data: SendableData): Promise<void>;

  /**
   * Several listeners may listen to one event. What happened while nobody did is told once the code that calls this has run, in its order;
   * until then the peer is stopped by credit. `collaborateEvent` does not wait.
   */
  on(type: SessionEventName, sessionId: number, callback: EventListener): void;
  on(type: 'collaborateEvent', sessionId: number, callback: CollaborateEventListener): void;
  on(type: 'receiveImage', sessionId: number, callback: EventListener): void;
  off(type: SessionEventName, sessionId: number, callback?: EventListener): void;
  off(type: 'collaborateEvent', sessionId: number, callback?: CollaborateEventListener): void;
  off(type: 'receiveImage', sessionId: number, callback?: EventListener): void;

  onConnect(sessionId: number, callback: EventListener): void;
  offConnect(sessionId: number, callback?: EventListener): void;
  onDisconnect(sessionId: number, callback: EventListener): void;
  offDisconnect(sessionId: number, callback?: EventListener): void;
  onReceiveMessage(sessionId: number, callback: EventListener): void;
  offReceiveMessage(sessionId: number, callback?: EventListener): void;
  onReceiveData(sessionId: number, callback: EventListener): void;
  offReceiveData(sessionId: number, callback?: EventListener): void;
  onReceiveImage(sessionId: number, callback: EventListener): void;
  offReceiveImage(sessionId: number, callback?: EventListener): void;
  onCollaborateEvent(sessionId: number, callback: CollaborateEventListener): void;
  offCollaborateEvent(sessionId: number, callback?: CollaborateEventListener): void;

  // System apps only; 801 until images and streams come.
  sendImage(sessionId: number, image: unknown, quality?: number): Promise<void>;
  createStream(sessionId: number, param: StreamParam): Promise<number>;
  setSurfaceId(streamId: number, surfaceId: string, param: SurfaceParam): void;
  getSurfaceId(streamId: number, param: SurfaceParam): string;
  updateSurfaceParam(streamId: number, param: SurfaceParam): void;
  startStream(streamId: number): void;
  stopStream(streamId: number): void;
  destroyStream(streamId: number): void;

  readonly ConnectErrorCode: typeof ConnectErrorCode;
  readonly DisconnectReason: typeof DisconnectReason;
  readonly StartOptionParams: typeof StartOptionParams;
  readonly CollaborateEventType: typeof CollaborateEventType;
  readonly CollaborationKeys: typeof CollaborationKeys;
  readonly CollaborationValues: typeof CollaborationValues;
  readonly ConnectOptionParams: typeof ConnectOptionParams;
  readonly StreamRole: typeof StreamRole;
  readonly FlipOptions: typeof FlipOptions;
  readonly VideoPixelFormat: typeof VideoPixelFormat;
}
