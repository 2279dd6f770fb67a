/** The typed client of the gateway, for Node and browsers. */
import { OnCollaborateResult } from '../protocol/codes.js';
import { BrokerError } from '../protocol/errors.js';
import { unreachable } from '../protocol/unreachable.js';
import { type ClientApp, createClientApp } from './app.js';
import { callBack } from './call-back.js';
import { systemClock } from './clock.js';
import { openConnection } from './connection.js';
import { createFeeds, type Feeds } from './feeds.js';
import type { AppDefinition, ClientOptions, ClientState, TandemClient, Want } from './interface.js';
import { createKeeper } from './keeper.js';
import { createListeners } from './listeners.js';
import type { Notification } from './notification.js';
import { createReferenceCalls } from './reference-calls.js';
import { findWebSocket } from './socket.js';

// biome-ignore-start lint/performance/noBarrelFile: this file is the entry `tandem-broker/client`, and web pages must not load another
export {
  CollaborateEventType,
  ConnectErrorCode,
  DisconnectReason,
  OnCollaborateResult,
  StartOptionParams,
  WantKeys,
} from '../protocol/codes.js';
export { BrokerError, type ErrorKind } from '../protocol/errors.js';
export type {
  AppDefinition,
  ClientOptions,
  ClientState,
  DevicesUpdate,
  GatewayInfo,
  NearbyUpdate,
  SessionSummary,
  SessionsUpdate,
  SessionTrace,
  TandemClient,
  TraceEntry,
  TraceUpdate,
  Want,
} from './interface.js';
export type { WebSocketConstructor, WebSocketLike } from './socket.js';
// biome-ignore-end lint/performance/noBarrelFile: see above

/**
 * Connects at once, and again whenever the connection is lost, until it is closed or refused. Throws BrokerError `invalidParameter` when
 * `url` is none of a WebSocket.
 */
export function createClient(options: ClientOptions): TandemClient {
  const { url, token, clock = systemClock, random = Math.random, isReconnecting = true } = options;
  checkUrl(url);
  const listeners = createListeners();
  const feeds = createFeeds((work) => keeper.use(work));
  const app = createClientApp({
    listeners,
    ask: (definition, want) => askApp(definition, want, client),
    reject: (collabToken) => client.reject(collabToken, ''),
  });
  const stateCallbacks = new Set<(state: ClientState) => void>();

  const keeper = createKeeper({
    clock,
    random,
    isReconnecting,
    open: async () => {
      const webSocket = options.webSocket ?? (await findWebSocket());
      const onNotification = (notification: Notification): void => dispatch(notification, app, feeds);
      return openConnection({ url, token, webSocket, clock, onNotification, onData: app.onData });
    },
    async restore(connection) {
      await app.restore(connection);
      await feeds.restore(connection);
    },
    onState(state) {
      for (const callback of [...stateCallbacks]) callBack(callback, state);
    },
  });

  const call: TandemClient['call'] = (method, params) => keeper.use((connection) => connection.call(method, params));
  const client: TandemClient = {
    ...createReferenceCalls({
      call,
      listeners,
      sendData: (sessionId, payload) => keeper.use((connection) => connection.sendData(sessionId, payload)),
    }),
    get state() {
      return keeper.state;
    },
    onStateChange(callback) {
      const own = (state: ClientState): void => callback(state);
      stateCallbacks.add(own);
      return () => void stateCallbacks.delete(own);
    },
    ready: () => keeper.use((connection) => connection.opened),
    registerApp: (definition) => keeper.use((connection) => app.register(connection, definition)),
    getAvailableDeviceList: () => call('getAvailableDeviceList', {}),
    listSessions: () => call('listSessions', {}),
    subscribe: feeds.subscribe,
    subscribeTrace: feeds.subscribeTrace,
    traceSession: (sessionId) => call('traceSession', { sessionId }),
    call,
    close: keeper.close,
  };
  return client;
}

function checkUrl(url: string): void {
  // `URL` is part of every runtime that has WebSockets.
  if (URL.canParse(url) && /^wss?:$/.test(new URL(url).protocol)) return;
  throw new BrokerError('invalidParameter', `url must begin with ws:// or wss://, not ${JSON.stringify(url)}.`);
}

function dispatch(notification: Notification, app: ClientApp, feeds: Feeds): void {
  switch (notification.method) {
    case 'hello':
      // The connection itself has read it.
      return;
    case 'event':
      return app.onEvent(notification.params);
    case 'collaborate':
      return app.onCollaborate(notification.params);
    case 'update':
      return feeds.onUpdate(notification.params);
    default:
      return unreachable(notification);
  }
}

/** An app that throws refuses; what it threw reaches the process as an unhandled rejection, as any failure of the app's own code. */
async function askApp(definition: AppDefinition, want: Want, client: TandemClient): Promise<OnCollaborateResult> {
  try {
    return (await definition.onCollaborate?.(want, client)) ?? OnCollaborateResult.REJECT;
  } catch (error) {
    void Promise.reject(error);
    return OnCollaborateResult.REJECT;
  }
}
