/** A hub link: one service of this hub with one device nearby, for as long as either is known. It outlives its sessions. */
import type { App } from '../broker/interface.js';
import type { BrokerError } from '../protocol/errors.js';
import type { EventType } from './discover-link.js';
import { createLinkSession, type LinkSession } from './link-session.js';
import type { LinkState } from './link-state.js';
import type { HubService } from './settings.js';
import type { HubTimers } from './timers.js';

/** The device as the radio knows it. */
export interface Sight {
  readonly deviceName: string;
  readonly rssi: number | undefined;
}

export interface HubLinkOptions {
  /** A slug. */
  readonly id: string;
  readonly deviceId: string;
  readonly deviceName: string;
  /** When the device was last seen, in milliseconds since 1970. */
  readonly lastSeen: number;
  readonly service: HubService;
  readonly app: App;
  readonly timers: HubTimers;
  /** Something is not as it was, other than the signal strength. */
  onChange(): void;
  onEvent(type: EventType, offset: number, fields: object): void;
  onData(data: Buffer, sessionId: number): void;
}

export interface HubLink extends Pick<HubLinkOptions, 'id' | 'deviceId' | 'service'> {
  readonly deviceName: string;
  readonly lastSeen: number;
  /** Whether the device is in range or linked. */
  readonly isPresent: boolean;
  readonly session: LinkSession;
  state(): LinkState;
  /** Undefined: the device is away. */
  see(sight: Sight | undefined): void;
  /** A command failed and nobody waits for its answer. */
  fail(error: BrokerError): void;
}

export function createHubLink(options: HubLinkOptions): HubLink {
  const { id, deviceId, service, app, timers, onChange, onData } = options;
  let { deviceName, lastSeen } = options;
  let isPresent = false;
  let rssi: number | undefined;
  let offset = 0;

  function raise(type: EventType, fields: object): void {
    offset += 1;
    const { sessionId } = session;
    options.onEvent(type, offset, sessionId === undefined ? fields : { sessionId, ...fields });
  }

  const session = createLinkSession({ deviceId, service, app, timers, onChange, onEvent: raise, onData });
  return {
    id,
    deviceId,
    service,
    get deviceName() {
      return deviceName;
    },
    get lastSeen() {
      return lastSeen;
    },
    get isPresent() {
      return isPresent;
    },
    session,
    state: () => ({
      ...session.standing,
      connected: session.standing.state === 'connected',
      sessionId: session.sessionId ?? null,
      rssi: rssi ?? null,
      offset,
      deviceId,
      deviceName,
      serviceName: service.serviceName,
    }),
    see(sight) {
      const isSame = isPresent === (sight !== undefined) && (sight?.deviceName ?? deviceName) === deviceName;
      // Also when it leaves: until then it was here.
      if (isPresent || sight !== undefined) lastSeen = Date.now();
      isPresent = sight !== undefined;
      rssi = sight?.rssi;
      deviceName = sight?.deviceName || deviceName;
      if (!isSame) onChange();
    },
    fail({ kind, message, isRetryable }) {
      raise('error', { code: kind, message, retryable: isRetryable });
      onChange();
    },
  };
}
