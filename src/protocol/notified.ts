/** What the gateway tells its clients on its own account, as plain types; notifications.ts has the same as schemas. */
import type { EventType, SubscriptionTarget } from './calls.js';
import type { CollaborateEventType, DisconnectReason } from './codes.js';
import type { AvailableDevice } from './collaboration.js';
import type { NearbyDevice, SessionSummary } from './observed.js';
import type { TraceEntry } from './trace.js';

/** `hello` comes once and first; `collaborate` and `event` belong to the registered app; `update` to a subscription. */
export interface Notifications {
  hello: {
    readonly server: string;
    readonly version: string;
    readonly protocol: { readonly min: number; readonly max: number };
    readonly pingIntervalMs: number;
    readonly limits: HelloLimits;
  };
  /** `offset` counts the events of one app: contiguous from 1, in the order they happened, also across connections of one epoch. */
  collaborate: { readonly offset: number; readonly want: Readonly<Record<string, unknown>> };
  event: {
    readonly offset: number;
    readonly type: EventType;
    readonly sessionId: number;
    readonly reason?: DisconnectReason;
    readonly msg?: string;
    readonly data?: string;
    readonly eventType?: CollaborateEventType;
    readonly eventMsg?: string;
  };
  update: {
    readonly subscription: SubscriptionTarget;
    readonly sessionId?: number;
    readonly epoch: string;
    readonly offset: number;
    readonly session?: SessionSummary;
    readonly devices?: readonly AvailableDevice[];
    readonly nearby?: readonly NearbyDevice[];
    readonly entry?: TraceEntry;
  };
  lag: Lag;
}

export interface HelloLimits {
  readonly textFrameBytes: number;
  readonly binaryFrameBytes: number;
  readonly strangerFrameBytes: number;
  readonly authenticationTimeoutMs: number;
  readonly callsInFlight: number;
  readonly callBytesInFlight: number;
  readonly queueBytes: number;
  readonly eventWindowBytes: number;
  readonly appGraceMs: number;
}

/** The gateway has left out `coalesced` updates of a subscription, or holds much for a client that does not read; beyond its limit it closes. */
export interface Lag {
  readonly subscription?: SubscriptionTarget;
  readonly coalesced: number;
  readonly queuedBytes: number;
}

export type NotificationName = keyof Notifications;
export type NotificationParams<N extends NotificationName> = Notifications[N];
