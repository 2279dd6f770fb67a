/** Two devices with gateways, and clients whose connections break as planned. Simulated time; no TCP and no HTTP, everything else is real. */
import { BehaviorSubject, filter, firstValueFrom } from 'rxjs';
import type { WebSocket } from 'ws';
import { SimulatedClock } from 'xstate';
import { createBroker } from '../../src/broker/broker.js';
import type { Broker, NearbyDevice } from '../../src/broker/interface.js';
import { createTokenStore } from '../../src/broker/tokens.js';
import { createClient } from '../../src/client/client.js';
import type { TandemClient } from '../../src/client/interface.js';
import type { GatewayParts } from '../../src/gateway/connection.js';
import { createParts } from '../../src/gateway/gateway-parts.js';
import { formatHello, serveConnection } from '../../src/gateway/serve-connection.js';
import { RECONNECT_LONGEST_MS } from '../../src/protocol/client-limits.js';
import { REQUIRED_PERMISSIONS } from '../../src/protocol/codes.js';
import { MAX_DATA_BYTES } from '../../src/protocol/limits.js';
import { createAccount } from '../../src/transport/account.js';
import { createMemoryAir } from '../../src/transport/memory.js';
import { type Break, createWire, openSocket, type Wire } from './frail-wire.js';
import { turns } from './time.js';

export interface FrailStation {
  readonly broker: Broker;
  readonly parts: GatewayParts;
  readonly nearby: BehaviorSubject<readonly NearbyDevice[]>;
}

export interface FrailHome {
  readonly clock: SimulatedClock;
  readonly kitchen: FrailStation;
  readonly phone: FrailStation;
  close(): Promise<void>;
}

/** So small that confirmations, held events and calls that wait for room are all common. */
const LIMITS = { eventWindowBytes: 1_500, callsInFlight: 4 };

const UNBROKEN: Break = {
  toGateway: Number.POSITIVE_INFINITY,
  toClient: Number.POSITIVE_INFINITY,
  isUnnoticed: false,
};

export async function createFrailHome(): Promise<FrailHome> {
  const clock = new SimulatedClock();
  const air = createMemoryAir({ sealed: false, clock });
  const account = createAccount();

  async function start(deviceId: string): Promise<FrailStation> {
    const broker = await createBroker({ deviceId, account, transport: air.transport(deviceId), clock });
    const nearby = new BehaviorSubject<readonly NearbyDevice[]>([]);
    const seen: Broker = Object.create(broker, { nearby$: { value: nearby } });
    const parts = createParts({ broker: seen, tokens: await createTokenStore(), timers: clock, limits: LIMITS });
    return { broker, parts, nearby };
  }

  const [kitchen, phone] = [await start('kitchen'), await start('phone')];
  await firstValueFrom(kitchen.broker.devices$.pipe(filter((devices) => devices.length > 0)));
  return {
    clock,
    kitchen,
    phone,
    async close() {
      for (const { broker, parts } of [kitchen, phone]) {
        for (const part of [parts.seats, parts.sessionFeed, parts.deviceFeed, parts.nearbyFeed]) part.close();
        await broker.close();
      }
    },
  };
}

export interface FrailClient {
  readonly client: TandemClient;
  /** From now on its connections break, one after the other as planned; those that follow last. Resolves once it is connected. */
  arm(plan: readonly Break[]): Promise<void>;
  close(): Promise<void>;
}

export async function openFrail({ parts }: FrailStation, bundleName: string): Promise<FrailClient> {
  // Of its own: its pauses must not use up the grace period of others.
  const clock = new SimulatedClock();
  let plan: Break[] = [];
  let wire: Wire | undefined;

  function open(): WebSocket {
    const earlier = wire;
    // A dead connection that nobody noticed is noticed some time after its client is back.
    if (earlier !== undefined) void turns(20).then(earlier.destroy);
    wire = createWire();
    const next = plan.shift();
    if (next !== undefined) wire.arm(next);
    const { strangerFrameBytes } = parts.limits;
    serveConnection(openSocket(wire.gateway, 'gateway', strangerFrameBytes), 'frail', {
      parts,
      hello: formatHello('0', parts.limits),
    });
    return openSocket(wire.client, 'client', MAX_DATA_BYTES);
  }

  const { token } = await parts.tokens.create({
    name: bundleName,
    bundleName,
    permissions: REQUIRED_PERMISSIONS,
    isSystemApp: false,
    scopes: ['read', 'drive'],
  });
  // `new` of a function that returns an object gives that object.
  const webSocket = function FrailSocket() {
    return open();
  } as unknown as new () => WebSocket; // see above
  const client = createClient({ url: 'ws://frail', token, clock, random: () => 0, webSocket });
  client.onStateChange((state) => {
    if (state.type === 'waiting') void turns(2).then(() => clock.increment(state.retryInMs));
  });
  await client.ready();
  return {
    client,
    async arm([first = UNBROKEN, ...rest]) {
      plan = [];
      await client.ready();
      // So that the drops before count for nothing in the next pause.
      clock.increment(RECONNECT_LONGEST_MS + 1);
      plan = rest;
      wire?.arm(first);
    },
    async close() {
      await client.close();
      wire?.destroy();
    },
  };
}
