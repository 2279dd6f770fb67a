/** What is retained about a hub link. */
import {
  ConnectErrorCode as Codes,
  type ConnectErrorCode,
  DisconnectReason,
  SESSION_STATES,
} from '../protocol/codes.js';

/** A link without a session is `created`: nothing is under way, and it may connect. */
export const LINK_STATES = SESSION_STATES.filter((state) => state !== 'destroyed');
export type LinkStateName = Exclude<(typeof SESSION_STATES)[number], 'destroyed'>;

/** What stands where no session ended or failed yet. */
export const NO_REASON = 'none';

/** The body of `link/<link>/state`. Nothing in it changes by itself: what does is in LinkHealth. */
export interface LinkState {
  readonly state: LinkStateName;
  readonly connected: boolean;
  readonly sessionId: number | null;
  /** When the state was entered, in milliseconds since 1970. */
  readonly since: number;
  /** Name of a DisconnectReason or ConnectErrorCode, or NO_REASON: of the last end or failure. */
  readonly reason: string;
  /** The peer app's words on a rejection, ours on other failures. */
  readonly words: string;
  /** What people call the link. */
  readonly name: string;
  readonly deviceId: string;
  readonly deviceName: string;
  readonly serviceName: string;
}

/** The body of `link/<link>/health`. */
export interface LinkHealth {
  /** In dBm. */
  readonly rssi: number | null;
  /** Number of the last event of this link in this run of the hub. */
  readonly offset: number;
  /** That run, as in events. */
  readonly epoch: string;
}

export function disconnectName(reason: DisconnectReason | undefined): string {
  return nameOf(DisconnectReason, reason);
}

export function connectErrorName(code: ConnectErrorCode | undefined): string {
  return nameOf(Codes, code);
}

function nameOf(table: Readonly<Record<string, number>>, value: number | undefined): string {
  return Object.entries(table).find(([, known]) => known === value)?.[0] ?? NO_REASON;
}
