/** One session as the broker keeps it: its chart, and beside the chart what no chart needs to know. */

import type { FullPeerInfo } from '../protocol/arguments.js';
import type { SessionState } from '../protocol/codes.js';
import type { AppName, ConnectResult } from '../protocol/collaboration.js';
import type { BrokerError } from '../protocol/errors.js';
import type { WireConnectOptions } from '../protocol/frame.js';
import type { Unheard } from '../protocol/unheard.js';
import { appKey, type RegisteredApp } from './apps.js';
import type { SessionSummary } from './interface.js';
import type { EventName, Listeners } from './listeners.js';
import type { AttachedSession, Peer } from './peer.js';
import type { Traffic } from './traffic.js';

export interface Session extends AttachedSession {
  /** See traffic.ts. */
  traffic: Traffic | undefined;
  readonly sessionId: number;
  readonly app: RegisteredApp;
  readonly serviceName: string;
  readonly peerInfo: FullPeerInfo;
  readonly options: WireConnectOptions;
  /** The state last announced, and when it was entered, in milliseconds since 1970. */
  state: SessionState;
  since: number;
  /** Set from the moment an attempt begins until the session rests again. */
  peer: Peer | undefined;
  listeners: Listeners | undefined;
  /** What waits for a listener, see tell.ts; made once something does. */
  unheard: Unheard<Told> | undefined;
  settleConnect: ((result: ConnectResult) => void) | undefined;
  settleAccept: ((error?: BrokerError) => void) | undefined;
  /** Why the last attempt failed or the connection ended; undefined from the next attempt on. */
  diagnosis: string | undefined;
}

/** What an app is told: an event, or a message. */
export interface Told {
  readonly name: EventName;
  readonly info: unknown;
  /** What a message has cost its sender; 0 for events. */
  readonly creditBytes: number;
}

/** The state the chart is in; within one of its actions still the one it leaves. */
export function currentState(session: AttachedSession): SessionState {
  return session.actor.getSnapshot().value;
}

/** What two sessions share that would be the same conversation. Source: reference-behaviour 2.1, duplicate key; serviceName: design 3. */
export function conversationKey(serviceName: string, local: AppName, deviceId: string, remote: AppName): string {
  return JSON.stringify([serviceName, deviceId, appKey(local), appKey(remote)]);
}

/** `nameOf` knows what devices call themselves. */
export function summarise(session: Session, nameOf: (deviceId: string) => string | undefined): SessionSummary {
  const { context, value } = session.actor.getSnapshot();
  const peerDeviceName = nameOf(session.peerInfo.deviceId);
  return {
    sessionId: session.sessionId,
    serviceName: session.serviceName,
    app: session.app.name,
    peer: session.peerInfo,
    ...(peerDeviceName !== undefined && { peerDeviceName }),
    state: value,
    since: session.since,
    ...(context.role !== undefined && { role: context.role }),
    ...(context.errorCode !== undefined && { errorCode: context.errorCode, reason: context.reason }),
    ...(context.disconnectReason !== undefined && { disconnectReason: context.disconnectReason }),
    ...(session.diagnosis !== undefined && { diagnosis: session.diagnosis }),
  };
}
