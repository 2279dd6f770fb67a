import { onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { SimulatedClock } from 'xstate';
import { createBroker } from '../../src/broker/broker.js';
import type { Broker } from '../../src/broker/interface.js';
import { createTokenStore, type Grant, type TokenStore } from '../../src/broker/tokens.js';
import { createClient } from '../../src/client/client.js';
import type { ClientOptions, ClientState, TandemClient } from '../../src/client/interface.js';
import { createGateway, type Gateway } from '../../src/gateway/gateway.js';
import type { GatewayOptions } from '../../src/gateway/gateway-options.js';
import { ECHO_APP, registerEchoApp } from '../../src/main/echo-app.js';
import { REQUIRED_PERMISSIONS } from '../../src/protocol/codes.js';
import type { ConnectOptions, PeerInfo } from '../../src/protocol/collaboration.js';
import { createAccount } from '../../src/transport/account.js';
import { createMemoryAir, type MemoryAir } from '../../src/transport/memory.js';

export const APP = { bundleName: 'com.example.lamp', moduleName: 'entry', abilityName: 'Lamp' };
const ECHO_PEER: PeerInfo = { deviceId: 'phone', ...ECHO_APP };
const WITH_DATA: ConnectOptions = { needSendData: true };

/** Two devices in the same air; `kitchen` has the gateway, `phone` the echo app. */
export interface Home {
  readonly air: MemoryAir;
  readonly kitchen: Broker;
  readonly phone: Broker;
  readonly tokens: TokenStore;
  readonly gateway: Gateway;
  /** Ends the gateway and starts it anew on the same port. */
  restartGateway(): Promise<void>;
  /** Ends the echo app with its sessions, and registers it anew. */
  endEcho(): void;
  stopGateway(): Promise<void>;
  startGateway(): Promise<void>;
  /** A client of the app APP. */
  connect(options?: Partial<ClientOptions>): Promise<TandemClient>;
  createToken(grant?: Partial<Grant>): Promise<string>;
}

export async function createHome(gatewayOptions: Partial<GatewayOptions> = {}): Promise<Home> {
  const air = createMemoryAir({ sealed: false });
  const account = createAccount();
  const kitchen = await createBroker({ deviceId: 'kitchen', account, transport: air.transport('kitchen') });
  const phone = await createBroker({ deviceId: 'phone', account, transport: air.transport('phone') });
  let echo = registerEchoApp(phone);
  const tokens = await createTokenStore();
  const open = (port: number) => createGateway({ broker: kitchen, tokens, port, ...gatewayOptions });
  let gateway = await open(0);
  const { port } = gateway;
  onTestFinished(async () => {
    await gateway.close();
    await Promise.all([kitchen.close(), phone.close()]);
  });

  const home: Home = {
    air,
    kitchen,
    phone,
    tokens,
    get gateway() {
      return gateway;
    },
    endEcho() {
      echo.close();
      echo = registerEchoApp(phone);
    },
    stopGateway: () => gateway.close(),
    async startGateway() {
      gateway = await open(port);
    },
    async restartGateway() {
      await home.stopGateway();
      await home.startGateway();
    },
    async connect(options = {}) {
      return openClient({ url: gateway.url, token: await home.createToken(), ...options });
    },
    createToken: async (grant = {}) => (await tokens.create({ ...LAMP_GRANT, ...grant })).token,
  };
  return home;
}

const LAMP_GRANT: Grant = {
  name: 'lamp',
  bundleName: APP.bundleName,
  permissions: REQUIRED_PERMISSIONS,
  isSystemApp: false,
  scopes: ['read', 'drive'],
};

/** A client that is closed after the test. */
export function openClient(options: ClientOptions): TandemClient {
  const client = createClient(options);
  onTestFinished(() => client.close());
  return client;
}

export interface SimulatedClient {
  readonly client: TandemClient;
  /** The client's pauses and silences pass only when the test says so. */
  readonly clock: SimulatedClock;
  /** Breaks the connection as a network does: without a word. */
  drop(): void;
}

export async function connectSimulated(home: Home, options: Partial<ClientOptions> = {}): Promise<SimulatedClient> {
  const clock = new SimulatedClock();
  let socket: WebSocket | undefined;
  class Watched extends WebSocket {
    constructor(url: string, protocols: string[]) {
      super(url, protocols);
      socket = this;
    }
  }
  const client = await home.connect({ clock, random: () => 0, webSocket: Watched, ...options });
  await client.ready();
  return { client, clock, drop: () => socket?.terminate() };
}

/** The client's state once it is of this type. */
export function whenState<Type extends ClientState['type']>(
  client: TandemClient,
  type: Type,
): Promise<Extract<ClientState, { type: Type }>> {
  return new Promise((resolve) => {
    function look(state: ClientState): void {
      if (state.type !== type) return;
      stop();
      resolve(state as Extract<ClientState, { type: Type }>); // the line above checked it
    }
    const stop = client.onStateChange(look);
    look(client.state);
  });
}

/** A connected session with the echo app, and what comes back over it. */
export async function openEchoSession(client: TandemClient, serviceName = 'lamp') {
  const sessionId = await client.createAbilityConnectionSession(serviceName, ECHO_PEER, WITH_DATA);
  const inbox = createInbox<string>();
  await client.onReceiveMessage(sessionId, ({ msg = '' }) => inbox.put(msg));
  const { isConnected } = await client.connect(sessionId);
  if (!isConnected) throw new Error('the echo app did not accept');
  return { sessionId, inbox };
}

export interface Inbox<Item> {
  /** Everything so far. */
  readonly items: readonly Item[];
  put(item: Item): void;
  /** Resolves with the first `count` items, once there are so many. */
  take(count: number): Promise<readonly Item[]>;
}

export function createInbox<Item>(): Inbox<Item> {
  const items: Item[] = [];
  const waiting = new Set<() => void>();
  return {
    items,
    put(item) {
      items.push(item);
      for (const look of [...waiting]) look();
    },
    take: (count) =>
      new Promise((resolve) => {
        function look(): void {
          if (items.length < count) return;
          waiting.delete(look);
          resolve(items.slice(0, count));
        }
        waiting.add(look);
        look();
      }),
  };
}
