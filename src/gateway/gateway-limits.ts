/** The numbers of protocol/limits.ts that a gateway may be given otherwise. */

import { LONGEST_SEND_DATA_HEADER_BYTES } from '../protocol/data-frame.js';
import {
  APP_GRACE_MS,
  AUTHENTICATION_TIMEOUT_MS,
  CLIENT_QUEUE_BYTES,
  EVENT_WINDOW_BYTES,
  MAX_CALL_BYTES_IN_FLIGHT,
  MAX_CALLS_IN_FLIGHT,
  MAX_CLIENTS,
  MAX_DATA_BYTES,
  MAX_STRANGER_FRAME_BYTES,
  MAX_STRANGERS,
  MAX_TEXT_FRAME_BYTES,
  PING_INTERVAL_MS,
} from '../protocol/limits.js';

/** Each is explained where its default is. */
export interface GatewayLimits {
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

export const DEFAULT_LIMITS: GatewayLimits = {
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
