/** Everything the page knows from the gateway, for one logged-in person: connection, sessions, devices, and its own app. */
import { type ReadonlySignal, signal } from '@preact/signals';
import {
  type ClientState,
  createClient,
  type DevicesUpdate,
  type GatewayInfo,
  type TandemClient,
} from '../../client/client.js';
import { type ChartStore, createChartStore } from '../charts/chart-store.js';
import { createDemoAir, type DemoAir } from './demo-air.js';
import { type Obstacle, watchObstacle } from './obstacle.js';
import { createOwnApp, type OwnApp } from './own-app.js';
import { createRoute, type Route } from './route.js';
import { createSessionBook, type SessionBook } from './session-book.js';

export interface Workbench {
  readonly client: TandemClient;
  readonly state: ReadonlySignal<ClientState>;
  /** What keeps the connection away, where that is no passing trouble. */
  readonly obstacle: ReadonlySignal<Obstacle | undefined>;
  /** Undefined until the first connection stands. */
  readonly gateway: ReadonlySignal<GatewayInfo | undefined>;
  readonly sessions: SessionBook;
  readonly devices: ReadonlySignal<DevicesUpdate['devices']>;
  readonly route: Route;
  readonly ownApp: OwnApp;
  readonly demoAir: DemoAir;
  readonly charts: ChartStore;
  /** Ends the page's app with its sessions: nobody is logged in any more. */
  logOut(): void;
  close(): void;
}

export function createWorkbench(token: string, onRefused: (why: string) => void): Workbench {
  // The gateway has just served this page: if it is away now, it comes back.
  const client = createClient({ url: socketUrl(), token, connectTimeoutMs: Number.POSITIVE_INFINITY });
  const state = signal<ClientState>(client.state);
  const gateway = signal<GatewayInfo | undefined>(undefined);
  const devices = signal<DevicesUpdate['devices']>([]);
  const sessions = createSessionBook();
  const route = createRoute();
  const { obstacle, note } = watchObstacle();
  const ownApp = createOwnApp(client);
  const request = (path: string, init: RequestInit = {}): Promise<Response> =>
    fetch(path, { ...init, headers: { ...init.headers, authorization: `Bearer ${token}` } });

  client.onStateChange((next) => {
    state.value = next;
    note(next);
    if (next.type === 'connected') {
      gateway.value = next.gateway;
      watch();
    }
    if (next.type === 'closed' && next.error.kind !== 'clientClosed') onRefused(next.error.message);
  });

  /** Each begins once; one that the connection did not last for begins on the next. What keeps a feed away shows in the client's state. */
  const feeds = new Set([
    () => client.subscribe('sessions', sessions.update),
    () =>
      client.subscribe('devices', (update) => {
        devices.value = update.devices;
      }),
  ]);

  function watch(): void {
    for (const begin of feeds) {
      feeds.delete(begin);
      begin().catch(() => feeds.add(begin));
    }
  }

  function close(): void {
    route.close();
    void client.close();
  }

  return {
    client,
    state,
    obstacle,
    gateway,
    sessions,
    devices,
    route,
    ownApp,
    demoAir: createDemoAir(request),
    charts: createChartStore(),
    logOut() {
      ownApp.forget();
      close();
      onRefused('');
    },
    close,
  };
}

/** The gateway that served the page. */
function socketUrl(): string {
  return `${location.protocol === 'https:' ? 'wss:' : 'ws:'}//${location.host}/v1/ws`;
}
