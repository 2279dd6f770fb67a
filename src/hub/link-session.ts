/** The session of a hub link: one at a time, and each attempt is a session of its own. Also who asks for one. */
import type { App, CollaborateParameters, SessionSummary } from '../broker/interface.js';
import { ConnectErrorCode, WantKeys } from '../protocol/codes.js';
import type { ConnectOptions, ConnectResult } from '../protocol/collaboration.js';
import { BrokerError } from '../protocol/errors.js';
import { MAX_MQTT_DATA_BYTES } from '../protocol/hub-limits.js';
import { CONNECT_TIMEOUT_MS } from '../protocol/limits.js';
import type { EventType } from './discover-link.js';
import { connectErrorName, disconnectName, type LinkStateName, NO_REASON } from './link-state.js';
import type { HubService } from './settings.js';
import type { HubTimers } from './timers.js';

export interface LinkSessionOptions {
  readonly deviceId: string;
  readonly service: HubService;
  readonly app: App;
  readonly timers: HubTimers;
  /** Something of `standing`, `sessionId` or `hasRequest` is not as it was. */
  onChange(): void;
  onEvent(type: EventType, fields: object): void;
  onData(data: Buffer, sessionId: number): void;
}

/** How the session is, or the last one was. */
export interface Standing {
  readonly state: LinkStateName;
  /** When the state was entered, in milliseconds since 1970. */
  readonly since: number;
  /** See LinkState. */
  readonly reason: string;
  readonly words: string;
}

export interface LinkSession {
  readonly sessionId: number | undefined;
  readonly standing: Standing;
  /** Whether a peer app waits for `accept` or `reject`. */
  readonly hasRequest: boolean;
  /** Whether what the last session brought may still wait for the MQTT broker: until it has passed, there is no other one. */
  readonly isBehind: boolean;
  /** What the broker says of it. */
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
  close(): void;
}

/** For people and peers. */
export const BEHIND = 'What the last session brought still waits for the MQTT broker.';

interface Request {
  readonly parameters: CollaborateParameters;
  readonly timer: unknown;
}

export function createLinkSession(options: LinkSessionOptions): LinkSession {
  const { deviceId, service, app, timers, onChange, onEvent, onData } = options;
  const manager = app.abilityConnectionManager;
  let standing: Standing = { state: 'created', since: Date.now(), reason: NO_REASON, words: '' };
  let sessionId: number | undefined;
  let request: Request | undefined;

  function isBehind(): boolean {
    return sessionId !== undefined && app.isDeliveryPaused;
  }

  /** A session that is not there yet; what is left of the last one goes. */
  function open(connectOptions: ConnectOptions): number {
    if (isBehind()) throw new BrokerError('tooManyAtOnce', BEHIND);
    forget();
    const { serviceName, bundleName, moduleName, abilityName } = service;
    const peer = { deviceId, serviceName, bundleName, moduleName, abilityName };
    const created = manager.createAbilityConnectionSession(serviceName, app.context, peer, connectOptions);
    sessionId = created;
    standing = { ...standing, state: 'created', since: Date.now() };
    manager.on('receiveMessage', created, ({ msg = '' }) => onEvent('message', { msg }));
    manager.on('receiveData', created, ({ data = new ArrayBuffer(0) }) => {
      const isPublished = data.byteLength <= MAX_MQTT_DATA_BYTES;
      if (isPublished) onData(Buffer.from(data), created);
      onEvent('data', { bytes: data.byteLength, isPublished });
    });
    return created;
  }

  function forget(): void {
    const old = sessionId;
    sessionId = undefined;
    if (old !== undefined && manager.getPeerInfoById(old) !== undefined) manager.destroyAbilityConnectionSession(old);
  }

  function ready(): number {
    if (!isResting(standing.state)) throw new BrokerError('invalidRequest', `The session is ${standing.state}.`);
    return sessionId !== undefined && standing.state === 'created' ? sessionId : open({ needSendData: true });
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
    get sessionId() {
      return sessionId;
    },
    get standing() {
      return standing;
    },
    get hasRequest() {
      return request !== undefined;
    },
    get isBehind() {
      return isBehind();
    },
    note(summary) {
      if (summary.sessionId !== sessionId) return;
      if (summary.state === 'destroyed') sessionId = undefined;
      const before = standing;
      standing = follow(before, summary);
      if (standing.state === 'connected' && !isConversing(before.state)) onEvent('connect', {});
      if (isConversing(before.state) && isResting(standing.state)) onEvent('disconnect', { reason: standing.reason });
      onChange();
    },
    ask(parameters) {
      if (request !== undefined) timers.clearTimeout(request.timer);
      const timer = timers.setTimeout(() => {
        request = undefined;
        onChange();
      }, CONNECT_TIMEOUT_MS);
      request = { parameters, timer };
      onEvent('request', {});
      onChange();
    },
    create() {
      const created = ready();
      onChange();
      return created;
    },
    async connect() {
      const result = await manager.connect(ready());
      if (result.isConnected) return result;
      const { errorCode, reason: words = '' } = result;
      const reason = connectErrorName(errorCode);
      standing = { ...standing, reason, words };
      const isRejected = errorCode === ConnectErrorCode.PEER_APP_REJECTED;
      onEvent(isRejected ? 'reject' : 'error', { code: reason, message: words });
      onChange();
      return result;
    },
    disconnect: () => manager.disconnect(expectSession()),
    destroy: () => manager.destroyAbilityConnectionSession(expectSession()),
    async accept() {
      const { ConnectOptions: wanted, [WantKeys.TOKEN]: token } = takeRequest();
      const accepted = open(wanted);
      await manager.acceptConnect(accepted, token);
      return accepted;
    },
    reject: (reason) => manager.reject(takeRequest()[WantKeys.TOKEN], reason),
    sendText: async (text) => manager.sendMessage(expectSession(), text),
    sendData: async (data) => manager.sendData(expectSession(), data),
    close() {
      if (request !== undefined) timers.clearTimeout(request.timer);
      request = undefined;
      forget();
    },
  };
}

function follow(before: Standing, { state, since, disconnectReason }: SessionSummary): Standing {
  const next: LinkStateName = state === 'destroyed' ? 'created' : state;
  const hasEnded = isConversing(before.state) && isResting(next);
  const said = hasEnded ? { reason: disconnectName(disconnectReason), words: '' } : {};
  const silence = next === 'connected' ? { reason: NO_REASON, words: '' } : {};
  return { ...before, state: next, since, ...said, ...silence };
}

/** Whether nothing is under way, so that a session may begin. */
function isResting(state: LinkStateName): boolean {
  return state === 'created' || state === 'disconnected' || state === 'rejected' || state === 'failed';
}

function isConversing(state: LinkStateName): boolean {
  return state === 'connected' || state === 'suspended';
}
