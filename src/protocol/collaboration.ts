/** The data types of the API reference, as plain readonly records. */
import type {
  CollaborateEventType,
  ConnectErrorCode,
  DisconnectReason,
  FlipOptions,
  StartOptionParams,
  StreamRole,
  VideoPixelFormat,
} from './codes.js';

/** An app's address on one device. */
export interface AppName {
  readonly bundleName: string;
  readonly moduleName: string;
  readonly abilityName: string;
}

/** The app at the other end. Source: reference, PeerInfo. */
export interface PeerInfo extends AppName {
  readonly deviceId: string;
  /** Defaults to the `serviceName` given to createAbilityConnectionSession. */
  readonly serviceName?: string;
}

/** What a session may carry and how the peer is started. Source: reference, ConnectOptions. */
export interface ConnectOptions {
  needSendData?: boolean;
  /** Older name of `needSendData`, accepted as an alias. Source: reference examples. */
  needSendBigData?: boolean;
  /** One of the two at most: a stream goes one way. Carried to the peer app and kept; nothing is streamed yet. */
  needSendStream?: boolean;
  needReceiveStream?: boolean;
  startOptions?: StartOptionParams;
  /** Older way to give `startOptions`, see ConnectOptionParams. */
  options?: Readonly<Record<string, string>>;
  parameters?: Readonly<Record<string, string>>;
}

/** What `connect` resolves with. Source: reference, ConnectResult. */
export interface ConnectResult {
  readonly isConnected: boolean;
  /** Only on failure. */
  readonly errorCode?: ConnectErrorCode;
  /** The peer app's words on a rejection, ours on other failures, '' when there is nothing to say. */
  readonly reason?: string;
}

/** What 'connect', 'disconnect', 'receiveMessage' and 'receiveData' hand to a listener. Source: reference, EventCallbackInfo. */
export interface EventCallbackInfo {
  readonly sessionId: number;
  readonly reason?: DisconnectReason;
  readonly msg?: string;
  readonly data?: ArrayBuffer;
}

/** What 'collaborateEvent' hands to a system app. Source: reference, CollaborateEventInfo. */
export interface CollaborateEventInfo {
  readonly eventType: CollaborateEventType;
  readonly eventMsg?: string;
}

/**
 * What sendData takes: all bytes of an ArrayBuffer, or those that a view shows, such as a Buffer. Give the view where there is one: behind
 * `.buffer` of a Buffer may stand the pool that Node cuts small Buffers from, with what others have in it.
 */
export type SendableData = ArrayBuffer | ArrayBufferView;

/** A device in range that shares the account. Source: distributedDeviceManager, getAvailableDeviceListSync. */
export interface AvailableDevice {
  /** What the reference's example uses as `deviceId`; equal to it here. */
  readonly networkId: string;
  readonly deviceId: string;
  readonly deviceName: string;
}

/** Source: reference-behaviour 1.3. */
export interface StreamParam {
  readonly name: string;
  readonly role: StreamRole;
  readonly bitrate?: number;
  readonly colorSpaceConversionTarget?: number;
}

/** Source: reference-behaviour 1.3. */
export interface SurfaceParam {
  readonly width: number;
  readonly height: number;
  readonly format?: VideoPixelFormat;
  readonly rotation?: number;
  readonly flip?: FlipOptions;
}
