/** A hub link: one service of this hub with one device nearby, for as long as either is known. It outlives its sessions. */
import type { App } from '../broker/interface.js';
import type { BrokerError } from '../protocol/errors.js';
import type { EventType } from './discover-link.js';
import { createLinkSession, type LinkSession } from './link-session.js';
import type { LinkHealth, LinkState } from './link-state.js';
import type { HubService } from './settings.js';
import type { HubTimers } from './timers.js';
import { wordsOf } from './words.js';

/** The device as the radio knows it. */
export interface Sight {
  readonly deviceName: string;
  readonly rssi: number | undefined;
}

/** What tells a device and service from others, and what is shown of it first. */
export interface LinkStart {
  /** A slug. */
  readonly id: string;
  readonly deviceId: string;
  readonly deviceName: string;
  /** That it was given. */
  readonly name?: string | undefined;
  /** When the device was last seen, in milliseconds since 1970. */
  readonly lastSeen: number;
  readonly service: HubService;
}

export interface HubLinkOptions extends LinkStart {
  readonly app: App;
  readonly timers: HubTimers;
  /** One run of the hub: offsets of events count within it. */
  readonly epoch: string;
  /** Something is not as it was, other than the signal strength. */
  onChange(): void;
  onEvent(type: EventType, offset: number, fields: object): void;
  onData(data: Buffer, sessionId: number): void;
}

export interface HubLink extends Pick<HubLinkOptions, 'id' | 'deviceId' | 'service'> {
  readonly deviceName: string;
  /** What people call it: as it was renamed, or else after device and service. */
  readonly name: string;
  readonly givenName: string | undefined;
  readonly lastSeen: number;
  /** Whether the device is in range or linked. */
  readonly isPresent: boolean;
  readonly session: LinkSession;
  state(): LinkState;
  health(): LinkHealth;
  /** Undefined: the device is away. */
  see(sight: Sight | undefined): void;
  /** Undefined: it is called after device and service again. */
  rename(name: string | undefined): void;
  /** A command failed and nobody waits for its answer. */
  fail(error: BrokerError): void;
}

export function createHubLink(options: HubLinkOptions): HubLink {
  const { id, deviceId, service, app, timers, epoch, onChange, onData } = options;
  let { deviceName, lastSeen, name: givenName } = options;
  let isPresent = false;
  let rssi: number | undefined;
  let offset = 0;

  function nameNow(): string {
    return givenName ?? `${deviceName} · ${service.serviceName}`;
  }

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
    get name() {
      return nameNow();
    },
    get givenName() {
      return givenName;
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
      name: nameNow(),
      deviceId,
      deviceName,
      serviceName: service.serviceName,
    }),
    health: () => ({ rssi: rssi ?? null, offset, epoch }),
    see(sight) {
      const isSame = isPresent === (sight !== undefined) && (sight?.deviceName ?? deviceName) === deviceName;
      // Also when it leaves: until then it was here.
      if (isPresent || sight !== undefined) lastSeen = Date.now();
      isPresent = sight !== undefined;
      rssi = sight?.rssi;
      deviceName = sight?.deviceName || deviceName;
      if (!isSame) onChange();
    },
    rename(name) {
      givenName = name;
      onChange();
    },
    fail(error) {
      raise('error', { code: error.kind, message: wordsOf(error), retryable: error.isRetryable });
      onChange();
    },
  };
}
