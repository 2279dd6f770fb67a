/**
 * A hub link: one service of this hub with one device nearby, for as long as either is known. It outlives its sessions, of which it has
 * one at a time; each attempt is a session of its own.
 */
import type { App, CollaborateParameters, SessionSummary } from '../broker/interface.js';
import { ConnectErrorCode, WantKeys } from '../protocol/codes.js';
import type { ConnectResult } from '../protocol/collaboration.js';
import { BrokerError } from '../protocol/errors.js';
import { CONNECT_TIMEOUT_MS, MAX_MQTT_DATA_BYTES } from '../protocol/limits.js';
import type { EventType } from './discover-link.js';
import { connectErrorName, disconnectName, type LinkState, type LinkStateName, NO_REASON } from './link-state.js';
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
  /** Something of `state`, `isPresent` or `hasRequest` is not as it was. */
  onChange(): void;
  onEvent(type: EventType, offset: number, fields: object): void;
  onData(data: Buffer, sessionId: number): void;
}

export interface HubLink extends Pick<HubLinkOptions, 'id' | 'deviceId' | 'service'> {
  readonly deviceName: string;
  readonly lastSeen: number;
  /** Whether the device is in range or linked. */
  readonly isPresent: boolean;
  /** Whether a peer app waits for `accept` or `reject`. */
  readonly hasRequest: boolean;
  readonly sessionId: number | undefined;
  state(): LinkState;
  /** Undefined: the device is away. */
  see(sight: Sight | undefined): void;
  /** What the broker says of its session. */
  note(summary: SessionSummary): void;
  /** A peer app asks. */
  ask(parameters: CollaborateParameters): void;
  /** A session that is ready to connect. Throws BrokerError, as the calls below do. */
  create(): number;
  connect(): Promise<ConnectResult>;
  disconnect(): void;
  destroy(): void;
  accept(): Promise<number>;
  reject(reason: string): void;
  sendText(text: string): Promise<void>;
  sendData(data: Buffer): Promise<void>;
  /** A command failed and nobody waits for its answer. */
  fail(error: BrokerError): void;
  close(): void;
}

/** What is remembered of the session, and after it. */
interface Standing {
  state: LinkStateName;
  since: number;
  reason: string;
  words: string;
}

interface Request {
  readonly parameters: CollaborateParameters;
  readonly timer: unknown;
}

export function createHubLink(options: HubLinkOptions): HubLink {
  const { id, deviceId, service, app, timers, onChange, onEvent, onData } = options;
  const manager = app.abilityConnectionManager;
  const standing: Standing = { state: 'created', since: Date.now(), reason: NO_REASON, words: '' };
  let { deviceName, lastSeen } = options;
  let isPresent = false;
  let rssi: number | undefined;
  let sessionId: number | undefined;
  let request: Request | undefined;
  let offset = 0;

  function raise(type: EventType, fields: object): void {
    offset += 1;
    onEvent(type, offset, sessionId === undefined ? fields : { sessionId, ...fields });
  }

  function explain(reason: string, words: string): void {
    standing.reason = reason;
    standing.words = words;
  }

  /** A session of this link that is not there yet; what is left of the last one goes. */
  function open(connectOptions: Parameters<typeof manager.createAbilityConnectionSession>[3]): number {
    destroy();
    const { serviceName, bundleName, moduleName, abilityName } = service;
    const peer = { deviceId, serviceName, bundleName, moduleName, abilityName };
    const created = manager.createAbilityConnectionSession(serviceName, app.context, peer, connectOptions);
    sessionId = created;
    standing.state = 'created';
    manager.on('receiveMessage', created, ({ msg = '' }) => raise('message', { msg }));
    manager.on('receiveData', created, ({ data = new ArrayBuffer(0) }) => {
      const isPublished = data.byteLength <= MAX_MQTT_DATA_BYTES;
      if (isPublished) onData(Buffer.from(data), created);
      raise('data', { bytes: data.byteLength, isPublished });
    });
    return created;
  }

  function destroy(): void {
    const old = sessionId;
    sessionId = undefined;
    if (old !== undefined && manager.getPeerInfoById(old) !== undefined) manager.destroyAbilityConnectionSession(old);
  }

  function refuseIfBusy(): void {
    if (isResting(standing.state)) return;
    throw new BrokerError('invalidRequest', `The session is ${standing.state}.`);
  }

  function expectSession(): number {
    if (sessionId === undefined) throw new BrokerError('sessionNotConnected', 'The link has no session.');
    return sessionId;
  }

  function takeRequest(): CollaborateParameters {
    if (request === undefined) throw new BrokerError('tokenNotFound', 'Nobody asks for this link.');
    const { parameters, timer } = request;
    timers.clearTimeout(timer);
    request = undefined;
    onChange();
    return parameters;
  }

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
    get hasRequest() {
      return request !== undefined;
    },
    get sessionId() {
      return sessionId;
    },
    state: () => ({
      ...standing,
      connected: standing.state === 'connected',
      sessionId: sessionId ?? null,
      rssi: rssi ?? null,
      offset,
      deviceId,
      deviceName,
      serviceName: service.serviceName,
    }),
    see(sight) {
      const isSame = isPresent === (sight !== undefined) && (sight?.deviceName ?? deviceName) === deviceName;
      isPresent = sight !== undefined;
      rssi = sight?.rssi;
      deviceName = sight?.deviceName || deviceName;
      if (isPresent || !isSame) lastSeen = Date.now();
      if (!isSame) onChange();
    },
    note({ state, since, disconnectReason, sessionId: noted }) {
      if (noted !== sessionId) return;
      const before = standing.state;
      if (state === 'destroyed') sessionId = undefined;
      standing.state = state === 'destroyed' ? 'created' : state;
      standing.since = since;
      const wasConnected = before === 'connected' || before === 'suspended';
      const hasEnded = wasConnected && isResting(standing.state);
      if (hasEnded) explain(disconnectName(disconnectReason), '');
      if (state === 'connected' && !wasConnected) {
        explain(NO_REASON, '');
        raise('connect', {});
      } else if (hasEnded) {
        raise('disconnect', { reason: standing.reason });
      }
      onChange();
    },
    ask(parameters) {
      if (request !== undefined) timers.clearTimeout(request.timer);
      const timer = timers.setTimeout(() => {
        request = undefined;
        onChange();
      }, CONNECT_TIMEOUT_MS);
      request = { parameters, timer };
      raise('request', {});
      onChange();
    },
    create() {
      refuseIfBusy();
      const created = sessionId !== undefined && standing.state === 'created' ? sessionId : open(OPTIONS);
      onChange();
      return created;
    },
    async connect() {
      refuseIfBusy();
      const chosen = sessionId !== undefined && standing.state === 'created' ? sessionId : open(OPTIONS);
      const result = await manager.connect(chosen);
      if (result.isConnected) return result;
      const { errorCode, reason = '' } = result;
      explain(connectErrorName(errorCode), reason);
      const isRejected = errorCode === ConnectErrorCode.PEER_APP_REJECTED;
      raise(isRejected ? 'reject' : 'error', { code: connectErrorName(errorCode), message: reason });
      onChange();
      return result;
    },
    disconnect: () => manager.disconnect(expectSession()),
    destroy() {
      const had = expectSession();
      manager.destroyAbilityConnectionSession(had);
    },
    async accept() {
      const { ConnectOptions, [WantKeys.TOKEN]: token } = takeRequest();
      const accepted = open(ConnectOptions);
      await manager.acceptConnect(accepted, token);
      return accepted;
    },
    reject: (reason) => manager.reject(takeRequest()[WantKeys.TOKEN], reason),
    sendText: async (text) => manager.sendMessage(expectSession(), text),
    sendData: async (data) => manager.sendData(expectSession(), bufferOf(data)),
    fail({ kind, message, isRetryable }) {
      raise('error', { code: kind, message, retryable: isRetryable });
      onChange();
    },
    close() {
      if (request !== undefined) timers.clearTimeout(request.timer);
      request = undefined;
      destroy();
    },
  };
}

const OPTIONS = { needSendData: true };

/** Whether nothing is under way, so that a session may begin. */
function isResting(state: LinkStateName): boolean {
  return state === 'created' || state === 'disconnected' || state === 'rejected' || state === 'failed';
}

/** A copy that is an ArrayBuffer of its own: mqtt.js gives views of shared memory. */
function bufferOf(data: Buffer): ArrayBuffer {
  const copy = new ArrayBuffer(data.byteLength);
  new Uint8Array(copy).set(data);
  return copy;
}
