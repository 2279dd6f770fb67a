/** The numbers of protocol/limits.ts that a gateway may be given otherwise. */

import { LONGEST_SEND_DATA_HEADER_BYTES } from '../protocol/data-frame.js';
import {
  APP_GRACE_MS,
  AUTHENTICATION_TIMEOUT_MS,
  CALLS_PER_SECOND,
  CLIENT_QUEUE_BYTES,
  EVENT_WINDOW_BYTES,
  MAX_CALL_BYTES_IN_FLIGHT,
  MAX_CALLS_IN_FLIGHT,
  MAX_CLIENTS,
  MAX_CLIENTS_PER_ADDRESS,
  MAX_CLIENTS_PER_TOKEN,
  MAX_DATA_BYTES,
  MAX_SESSIONS_PER_APP,
  MAX_STRANGER_FRAME_BYTES,
  MAX_STRANGERS,
  MAX_TEXT_FRAME_BYTES,
  PING_INTERVAL_MS,
  TOKEN_CALLS_PER_SECOND,
} from '../protocol/limits.js';

/** What one client may take from the others. Each is explained where its default is; 0 is no limit. */
export interface ShareLimits {
  readonly callsPerSecond: number;
  readonly tokenCallsPerSecond: number;
  readonly clientsPerToken: number;
  readonly clientsPerAddress: number;
  readonly sessionsPerApp: number;
}

/** Each is explained where its default is. */
export interface GatewayLimits extends ShareLimits {
  readonly strangers: number;
  readonly clients: number;
  readonly strangerFrameBytes: number;
  readonly textFrameBytes: number;
  readonly binaryFrameBytes: number;
  readonly callsInFlight: number;
  readonly callBytesInFlight: number;
  readonly queueBytes: number;
  readonly eventWindowBytes: number;
  readonly authenticationTimeoutMs: number;
  readonly appGraceMs: number;
  readonly pingIntervalMs: number;
}

export const DEFAULT_SHARES: ShareLimits = {
  callsPerSecond: CALLS_PER_SECOND,
  tokenCallsPerSecond: TOKEN_CALLS_PER_SECOND,
  clientsPerToken: MAX_CLIENTS_PER_TOKEN,
  clientsPerAddress: MAX_CLIENTS_PER_ADDRESS,
  sessionsPerApp: MAX_SESSIONS_PER_APP,
};

export const DEFAULT_LIMITS: GatewayLimits = {
  ...DEFAULT_SHARES,
  strangers: MAX_STRANGERS,
  clients: MAX_CLIENTS,
  strangerFrameBytes: MAX_STRANGER_FRAME_BYTES,
  textFrameBytes: MAX_TEXT_FRAME_BYTES,
  binaryFrameBytes: MAX_DATA_BYTES + LONGEST_SEND_DATA_HEADER_BYTES,
  callsInFlight: MAX_CALLS_IN_FLIGHT,
  callBytesInFlight: MAX_CALL_BYTES_IN_FLIGHT,
  queueBytes: CLIENT_QUEUE_BYTES,
  eventWindowBytes: EVENT_WINDOW_BYTES,
  authenticationTimeoutMs: AUTHENTICATION_TIMEOUT_MS,
  appGraceMs: APP_GRACE_MS,
  pingIntervalMs: PING_INTERVAL_MS,
};

/** What a client can plan by. The others depend on who else is there: their refusals say what to do. */
export function limitsToTell({ strangers: _, clients: __, ...planned }: GatewayLimits): ToldLimits {
  const told = Object.entries(planned).filter(([name]) => !Object.hasOwn(DEFAULT_SHARES, name));
  return Object.fromEntries(told) as unknown as ToldLimits; // what is left when those are out
}

type ToldLimits = Omit<GatewayLimits, keyof ShareLimits | 'strangers' | 'clients'>;
