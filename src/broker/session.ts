/** One session as the broker keeps it: its chart, and beside the chart what no chart needs to know. */
import type { ActorRefFrom } from 'xstate';
import type { sessionMachine } from '../machines/session.js';
import type { SessionState } from '../protocol/codes.js';
import type { AppName, ConnectResult } from '../protocol/collaboration.js';
import type { Delivery } from '../protocol/delivery.js';
import type { MessageSink } from '../protocol/delivery-incoming.js';
import type { BrokerError } from '../protocol/errors.js';
import type { WireConnectOptions } from '../protocol/frame.js';
import { appKey, type RegisteredApp } from './apps.js';
import type { FullPeerInfo } from './arguments.js';
import type { SessionSummary } from './interface.js';
import type { Listeners } from './listeners.js';
import type { Peer } from './peer.js';

export interface Session {
  readonly sessionId: number;
  readonly app: RegisteredApp;
  readonly serviceName: string;
  readonly peerInfo: FullPeerInfo;
  readonly options: WireConnectOptions;
  readonly actor: ActorRefFrom<typeof sessionMachine>;
  /** The state last announced, and when it was entered, in milliseconds since 1970. */
  state: SessionState;
  since: number;
  /** Set from the moment an attempt begins until the session rests again. */
  peer: Peer | undefined;
  /** Set while connected or suspended. */
  delivery: Delivery | undefined;
  sink: MessageSink | undefined;
  /** True while connected: payload may leave. */
  canSend: boolean;
  /** Whether it stands in its peer's queue of sessions with something to send. */
  isReady: boolean;
  listeners: Listeners | undefined;
  settleConnect: ((result: ConnectResult) => void) | undefined;
  settleAccept: ((error?: BrokerError) => void) | undefined;
}

/** The state now, also while the chart is in the middle of a transition. */
export function currentState(session: Session): SessionState {
  return session.actor.getSnapshot().value;
}

/** What two sessions share that would be the same conversation. Source: reference-behaviour 2.1, duplicate key; serviceName: design 3. */
export function conversationKey(serviceName: string, local: AppName, deviceId: string, remote: AppName): string {
  return JSON.stringify([serviceName, deviceId, appKey(local), appKey(remote)]);
}

export function summarise(session: Session): SessionSummary {
  const { context, value } = session.actor.getSnapshot();
  return {
    sessionId: session.sessionId,
    serviceName: session.serviceName,
    app: session.app.name,
    peer: session.peerInfo,
    state: value,
    since: session.since,
    ...(context.role !== undefined && { role: context.role }),
    ...(context.errorCode !== undefined && { errorCode: context.errorCode, reason: context.reason }),
    ...(context.disconnectReason !== undefined && { disconnectReason: context.disconnectReason }),
  };
}
