/** The typed client of the gateway, for Node and browsers. */
import { OnCollaborateResult } from '../protocol/codes.js';
import { writeSendData } from '../protocol/data-frame.js';
import { BrokerError } from '../protocol/errors.js';
import { unreachable } from '../protocol/unreachable.js';
import { type ClientApp, createClientApp } from './app.js';
import { type Callbacks, createCallbacks } from './callbacks.js';
import { systemClock } from './clock.js';
import { openConnection } from './connection.js';
import { createFeeds, type Feeds } from './feeds.js';
import type { AppDefinition, ClientOptions, ClientState, Lag, TandemClient, Want } from './interface.js';
import { createKeeper, type Keeper } from './keeper.js';
import { createListeners } from './listeners.js';
import type { Notification } from './notification.js';
import { type CallPort, createReferenceCalls } from './reference-calls.js';
import { createKeys, REPEATS } from './repeats.js';
import { findWebSocket } from './socket.js';

// biome-ignore-start lint/performance/noBarrelFile: this file is the entry `tandem-broker/client`, and web pages must not load another
export type {
  AccessToken,
  Calls,
  ChangeParams,
  EventParams,
  EventType,
  MethodName,
  MethodParams,
  MethodResult,
  Position,
  SessionParams,
  Subscribed,
  SubscriptionTarget,
} from '../protocol/calls.js';
export {
  CollaborateEventType,
  ConnectErrorCode,
  DisconnectReason,
  type MachineName,
  OnCollaborateResult,
  type SessionState,
  StartOptionParams,
  type TraceKind,
  type TraceLane,
  WantKeys,
} from '../protocol/codes.js';
export type {
  AppName,
  CollaborateEventInfo,
  ConnectOptions,
  ConnectResult,
  EventCallbackInfo,
  PeerInfo,
} from '../protocol/collaboration.js';
export { BrokerError, type BrokerErrorOptions, type ErrorKind } from '../protocol/errors.js';
export type { Scope } from '../protocol/scopes.js';
export type { TraceCounters } from '../protocol/trace.js';
export type { ClientClock } from './clock.js';
export type {
  AppDefinition,
  AvailableDevice,
  ClientOptions,
  ClientState,
  CollaborateEventListener,
  DevicesUpdate,
  EventListener,
  GatewayInfo,
  Lag,
  NearbyDevice,
  NearbyUpdate,
  ReferenceCalls,
  Registration,
  SessionEventName,
  SessionSummary,
  SessionsUpdate,
  SessionTrace,
  TandemClient,
  TraceEntry,
  TraceUpdate,
  UpdateOf,
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
  const feeds = createFeeds((work) => keeper.use(work, 'always'));
  const app = createClientApp({
    listeners,
    ask: (definition, want) => askApp(definition, want, client),
    reject: (collabToken) => client.reject(collabToken, ''),
    clock,
    onLost: () => keeper.loseApp(),
  });
  const states = createCallbacks<ClientState>();
  const lags = createCallbacks<Lag>();
  const keeper = createKeeper({
    clock,
    random,
    isReconnecting,
    open: async () => {
      const webSocket = options.webSocket ?? (await findWebSocket());
      const onNotification = (notification: Notification): void => dispatch(notification, { app, feeds, lags });
      return openConnection({ url, token, webSocket, clock, onNotification, onData: app.onData });
    },
    async restore(connection) {
      await app.restore(connection);
      await feeds.restore(connection);
    },
    isAppKept: () => app.isKept,
    onLost: ({ appGraceMs }) => app.onConnectionLost(appGraceMs),
    onState(state) {
      if (state.type === 'closed') app.end();
      states.raise(state);
    },
  });
  const { call, sendData } = createKeyedCalls(keeper);
  const client: TandemClient = {
    ...createReferenceCalls({ call, listeners, sendData }),
    get state() {
      return keeper.state;
    },
    onStateChange: states.add,
    onLag: lags.add,
    ready: () => keeper.use((connection) => connection.opened, 'always'),
    registerApp: (definition) => keeper.use((connection) => app.register(connection, definition), 'always'),
    ...createViews(call),
    subscribe: feeds.subscribe,
    subscribeTrace: feeds.subscribeTrace,
    call,
    close: keeper.close,
  };
  return client;
}

/** Calls that survive a lost connection, see REPEATS. */
function createKeyedCalls({ use }: Keeper): Pick<CallPort, 'call' | 'sendData'> {
  const nextKey = createKeys();
  return {
    call(method, params) {
      const repeat = REPEATS[method];
      const sent = repeat === 'forApp' ? { idempotencyKey: nextKey(), ...params } : params;
      return use((connection) => connection.call(method, sent), repeat);
    },
    sendData(sessionId, data) {
      // Written once: the app may change its buffer while the call waits, or is repeated.
      const frame = writeSendData(0, sessionId, new Uint8Array(data), nextKey());
      return use((connection) => connection.sendData(frame), REPEATS.sendData);
    },
  };
}

/** The gateway's own calls that only look. */
function createViews(call: TandemClient['call']) {
  return {
    getAvailableDeviceList: () => call('getAvailableDeviceList', {}),
    listSessions: () => call('listSessions', {}),
    traceSession: (sessionId: number) => call('traceSession', { sessionId }),
  };
}

function checkUrl(url: string): void {
  // `URL` is part of every runtime that has WebSockets.
  if (URL.canParse(url) && /^wss?:$/.test(new URL(url).protocol)) return;
  throw new BrokerError('invalidParameter', `url must begin with ws:// or wss://, not ${JSON.stringify(url)}.`);
}

interface Receivers {
  readonly app: ClientApp;
  readonly feeds: Feeds;
  readonly lags: Callbacks<Lag>;
}

function dispatch(notification: Notification, { app, feeds, lags }: Receivers): void {
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
    case 'lag':
      return lags.raise(notification.params);
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
