/** The gateway: lets remote clients be apps of the broker, over WebSocket. */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { Broker } from '../broker/interface.js';
import type { TokenStore } from '../broker/tokens.js';
import { NEARBY_UPDATE_MS } from '../protocol/limits.js';
import type { Connection, GatewayParts } from './connection.js';
import { createDeviceFeed } from './device-feed.js';
import { createFlusher } from './flusher.js';
import { DEFAULT_LIMITS, type GatewayLimits } from './gateway-limits.js';
import { startHeartbeat } from './heartbeat.js';
import { createHttpServer } from './http-server.js';
import { type Logger, silentLogger } from './logger.js';
import { type PageOptions, servePage } from './page/page.js';
import { createSeats } from './seats.js';
import { closeConnection, formatHello, serveConnection } from './serve-connection.js';
import { createSessionFeed } from './session-feed.js';
import { createStrangers } from './strangers.js';
import { systemTimers, type Timers } from './timers.js';
import { createTraceFeed } from './trace-feed.js';

export interface GatewayOptions {
  readonly broker: Broker;
  readonly tokens: TokenStore;
  /** Loopback if left out: clients on other machines need a host that they reach, and better a TLS proxy before it. */
  readonly host?: string;
  /** Any free one if left out. */
  readonly port?: number;
  /** Origins of web pages that may connect besides those of this machine and of the gateway's host. */
  readonly origins?: readonly string[];
  readonly limits?: Partial<GatewayLimits>;
  /** Of the package, for `hello`. */
  readonly version?: string;
  readonly logger?: Logger;
  readonly timers?: Timers;
  /** The live page at `/`; none if left out. */
  readonly page?: PageOptions;
}

export interface Gateway {
  /** Where clients connect: `ws://host:port/v1/ws`. */
  readonly url: string;
  readonly host: string;
  readonly port: number;
  /** Whether the live page is at `/`. */
  readonly hasPage: boolean;
  /** Sends everybody away with the advice to try again, ends their apps, and resolves when nothing is left running. */
  close(): Promise<void>;
}

/** Rejects with the system's error when it cannot listen there. */
export async function createGateway(options: GatewayOptions): Promise<Gateway> {
  const { host = '127.0.0.1', port = 0, origins = [], version = 'unknown' } = options;
  const parts = createParts(options);
  const { limits, connections, strangers, timers } = parts;
  const hello = formatHello(version, limits);
  let isClosing = false;

  const server = await createHttpServer({
    origins,
    messageBytes: limits.strangerFrameBytes,
    maxConnections: limits.clients + limits.strangers,
    hasRoom: () => !isClosing && connections.size < limits.clients && strangers.hasRoom(),
    onSocket: (socket, address) => serveConnection(socket, address, parts, hello),
  });
  const hasPage = options.page !== undefined && (await servePage(server, options.page, { ...parts, origins }));
  await server.listen({ host, port });
  const stopHeartbeat = startHeartbeat({ connections, timers, pingIntervalMs: limits.pingIntervalMs });
  const revocations = options.tokens.revoked$.subscribe((tokenId) => sendAway(parts, tokenId));
  const { port: usedPort } = server.server.address() as AddressInfo; // it listens on TCP

  return {
    url: `ws://${host.includes(':') ? `[${host}]` : host}:${usedPort}/v1/ws`,
    host,
    port: usedPort,
    hasPage,
    async close() {
      if (isClosing) return;
      isClosing = true;
      stopHeartbeat();
      revocations.unsubscribe();
      await closeAll(connections);
      parts.seats.close();
      parts.sessionFeed.close();
      parts.deviceFeed.close();
      parts.nearbyFeed.close();
      parts.traceFeed.close();
      await server.close();
    },
  };
}

function createParts(options: GatewayOptions): GatewayParts {
  const { broker, tokens, logger = silentLogger, timers = systemTimers } = options;
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  return {
    broker,
    tokens,
    limits,
    logger,
    timers,
    seats: createSeats({ broker, limits, timers }),
    sessionFeed: createSessionFeed(broker),
    deviceFeed: createDeviceFeed({ target: 'devices', lists$: broker.devices$, intervalMs: 0, timers }),
    nearbyFeed: createDeviceFeed({ target: 'nearby', lists$: broker.nearby$, intervalMs: NEARBY_UPDATE_MS, timers }),
    traceFeed: createTraceFeed(broker),
    strangers: createStrangers({ limit: limits.strangers, timers }),
    flusher: createFlusher(),
    connections: new Set(),
  };
}

/** A revoked token ends what it began: its connections, and the apps that wait for it. */
function sendAway({ connections, seats }: GatewayParts, tokenId: string): void {
  for (const connection of connections) {
    if (connection.principal?.tokenId !== tokenId) continue;
    closeConnection(connection, 'unauthorized');
    connection.taken?.end(connection.outbox);
  }
  seats.endAbandonedBy(tokenId);
}

async function closeAll(connections: ReadonlySet<Connection>): Promise<void> {
  const gone = [...connections].map(({ socket }) => once(socket, 'close'));
  for (const connection of connections) closeConnection(connection, 'goingAway');
  await Promise.all(gone);
}
