/** The typed client of the gateway, for Node and browsers. */
import { readFunction } from '../protocol/arguments.js';
import { unreachable } from '../protocol/unreachable.js';
import { type ClientApp, createClientApp } from './app.js';
import { type Callbacks, createCallbacks } from './callbacks.js';
import { openConnection } from './connection.js';
import { createFeeds, type Feeds } from './feeds.js';
import type { ClientOptions, ClientState, Lag, TandemClient } from './interface.js';
import { createKeeper } from './keeper.js';
import { createKeyedCalls, createRules } from './keyed-calls.js';
import { createListeners } from './listeners.js';
import type { Notification } from './notification.js';
import { readOptions } from './options.js';
import { createReferenceCalls } from './reference-calls.js';
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
  SendableData,
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
  KnownDevice,
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

const FOR_EVER = Number.POSITIVE_INFINITY;

/**
 * Connects at once, and again whenever the connection is lost, until it is closed or refused. Throws BrokerError `invalidParameter` when
 * `url` is none of a WebSocket.
 */
export function createClient(options: ClientOptions): TandemClient {
  const settings = readOptions(options);
  const { url, token, clock } = settings;
  const rulesOf = createRules(options.callTimeoutMs);
  const listeners = createListeners();
  const feeds = createFeeds((work) => keeper.use(work, rulesOf('subscribe')));
  const app = createClientApp({
    listeners,
    client: () => client,
    clock,
    onLost: () => keeper.loseApp(),
  });
  const states = createCallbacks<ClientState>();
  const lags = createCallbacks<Lag>();
  const keeper = createKeeper({
    ...settings,
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
  const { call, sendData } = createKeyedCalls(keeper, rulesOf);
  const client: TandemClient = {
    ...createReferenceCalls({ call, listeners, sendData }),
    get state() {
      return keeper.state;
    },
    onStateChange: states.add,
    onLag: lags.add,
    ready: () =>
      keeper.use((connection) => connection.opened, { ...rulesOf('ready'), repeat: 'always', timeoutMs: FOR_EVER }),
    async registerApp(definition) {
      if (definition.onCollaborate !== undefined) readFunction(definition.onCollaborate, 'onCollaborate');
      return keeper.use((connection) => app.register(connection, definition), {
        ...rulesOf('registerApp'),
        repeat: 'always',
      });
    },
    ...createViews(call),
    subscribe: feeds.subscribe,
    subscribeTrace: feeds.subscribeTrace,
    call,
    close: keeper.close,
  };
  return client;
}

/** The gateway's own calls that only look. */
function createViews(call: TandemClient['call']) {
  return {
    getAvailableDeviceList: () => call('getAvailableDeviceList', {}),
    listSessions: () => call('listSessions', {}),
    traceSession: (sessionId: number) => call('traceSession', { sessionId }),
  };
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
