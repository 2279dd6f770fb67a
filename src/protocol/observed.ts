/** What an observer sees of sessions and devices; method-types.ts and trace-types.ts have the same as schemas. */
import type { ConnectErrorCode, DisconnectReason, SessionState } from './codes.js';
import type { AppName, PeerInfo } from './collaboration.js';
import type { TraceCounters, TraceEntry } from './trace.js';

/** A session as an observer sees it. */
export interface SessionSummary {
  readonly sessionId: number;
  readonly serviceName: string;
  readonly app: AppName;
  readonly peer: PeerInfo;
  /** What the peer's device calls itself, also when it is out of range by now; where it is known. */
  readonly peerDeviceName?: string;
  readonly state: SessionState;
  readonly role?: 'initiator' | 'acceptor';
  /** When the state was entered, in milliseconds since 1970. */
  readonly since: number;
  readonly errorCode?: ConnectErrorCode;
  /** Words to the last failure or rejection. */
  readonly reason?: string;
  readonly disconnectReason?: DisconnectReason;
  /** Why the last attempt failed or the connection ended, in a sentence that says what to do. */
  readonly diagnosis?: string;
}

/** What happened to a session, as far as it is remembered. */
export interface SessionTrace {
  readonly sessionId: number;
  /** The run of the broker that the number belongs to. */
  readonly epoch: string;
  /** Of the last entry; 0 before the first. */
  readonly offset: number;
  /** How many entries were there before the first of `entries`. */
  readonly dropped: number;
  readonly session: SessionSummary;
  readonly entries: readonly TraceEntry[];
  readonly counters: TraceCounters;
  readonly diagnosis?: string;
}

/** A Tandem device in range or linked, as an observer sees it. */
export interface NearbyDevice {
  /** Of a device of another account: what the radio calls it. */
  readonly deviceId: string;
  /** '' for a device of another account. */
  readonly deviceName: string;
  /** Whether it shares the account. */
  readonly isOurs: boolean;
  /** Whether there is a secured link to it. */
  readonly isLinked: boolean;
  /** Smoothed signal strength in dBm, where the radio knows it. */
  readonly rssi?: number;
  /** When it was last heard, in milliseconds since 1970; where the radio knows it. */
  readonly lastSeen?: number;
}

/** A device that shares the account and was in range or linked since the broker started. */
export interface KnownDevice {
  readonly deviceId: string;
  /** What it called itself last. */
  readonly deviceName: string;
  /** Whether it is in range or linked now. */
  readonly isInRange: boolean;
  /** When it was last heard, in milliseconds since 1970; where the radio knows it, or it is away. */
  readonly lastSeen?: number;
}
