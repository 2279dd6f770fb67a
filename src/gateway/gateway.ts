/** The gateway: lets remote clients be apps of the broker, over WebSocket. */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { Server as TlsServer } from 'node:tls';
import type { Broker } from '../broker/interface.js';
import type { TokenStore } from '../broker/tokens.js';
import type { HubFigures } from '../protocol/hub-figures.js';
import { NEARBY_UPDATE_MS } from '../protocol/limits.js';
import { createAddresses } from './addresses.js';
import { createCallers } from './callers.js';
import type { Connection, GatewayParts } from './connection.js';
import { addContractRoutes } from './contract/contract-routes.js';
import { createDeviceFeed } from './device-feed.js';
import { createFlusher } from './flusher.js';
import { DEFAULT_LIMITS, type GatewayLimits } from './gateway-limits.js';
import { startHeartbeat } from './heartbeat.js';
import { createHttpFace } from './http/http-face.js';
import { serveOperations } from './http/operations.js';
import { createHttpServer, MIN_TLS_VERSION } from './http-server.js';
import { createInspectFeed } from './inspect-feed.js';
import { type Logger, silentLogger } from './logger.js';
import { createOrigins } from './origins.js';
import { type PageOptions, servePage } from './page/page.js';
import { createSeats } from './seats.js';
import { closeConnection, formatHello, sendAway, serveConnection } from './serve-connection.js';
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
  /** Addresses and ranges (`10.0.0.0/8`) of proxies whose X-Forwarded-For counts; none if left out. */
  readonly trustedProxies?: readonly string[];
  /** How the hub is that runs beside the gateway: `/metrics` and `/readyz` tell. */
  readonly hub?: () => HubFigures;
  /** Serves `wss:` and `https:` with it; `ws:` and `http:` if left out. */
  readonly tls?: Tls;
  readonly limits?: Partial<GatewayLimits>;
  /** Of the package, for `hello`. */
  readonly version?: string;
  readonly logger?: Logger;
  readonly timers?: Timers;
  /** The live page at `/`; none if left out. */
  readonly page?: PageOptions;
}

/** PEM texts: the certificate with those that lead to its authority, and its key. */
export interface Tls {
  readonly cert: string;
  readonly key: string;
}

export interface Gateway {
  /** Where clients connect: `ws://host:port/v1/ws`, or `wss:` with TLS. */
  readonly url: string;
  readonly host: string;
  readonly port: number;
  /** Whether the live page is at `/`. */
  readonly hasPage: boolean;
  /** What it remembers of clients at the moment: each of these has a limit. */
  load(): GatewayLoad;
  /** Shows this certificate to whoever connects from now on. Throws when the two do not fit. Only for a gateway with TLS. */
  renewTls(tls: Tls): void;
  /**
   * Lets nobody in any more, answers the calls that are under way for at most `graceMs` (0 if left out), sends everybody away with the
   * advice to try again, ends their apps, and resolves when nothing is left running.
   */
  close(options?: { readonly graceMs?: number }): Promise<void>;
}

export interface GatewayLoad {
  readonly clients: number;
  readonly strangers: number;
  readonly addresses: number;
  readonly failedAddresses: number;
  readonly tokens: number;
  readonly apps: number;
}

/** Rejects with the system's error when it cannot listen there. */
export async function createGateway(options: GatewayOptions): Promise<Gateway> {
  const { host = '127.0.0.1', port = 0, trustedProxies = [], version = 'unknown' } = options;
  const parts = createParts(options);
  const { limits, connections, strangers, timers } = parts;
  const hello = formatHello(version, limits);
  const face = createHttpFace(parts);
  let isClosing = false;

  const server = await createHttpServer({
    origins: parts.origins,
    trustedProxies,
    tls: options.tls,
    messageBytes: limits.strangerFrameBytes,
    maxConnections: limits.clients + limits.strangers,
    hasRoom: (address) =>
      !isClosing && connections.size < limits.clients && strangers.hasRoom() && parts.addresses.hasRoom(address),
    onSocket: (socket, address) => serveConnection(socket, address, { parts, hello }),
    onInspector: (socket, address) => serveConnection(socket, address, { parts, hello, isInspector: true }),
  });
  await face.register(server);
  addContractRoutes(server, version);
  serveOperations(server, parts, () => !isClosing);
  const hasPage = options.page !== undefined && (await servePage(server, options.page, parts));
  await server.listen({ host, port });
  const stopHeartbeat = startHeartbeat({ connections, timers, pingIntervalMs: limits.pingIntervalMs });
  const revocations = options.tokens.revoked$.subscribe((tokenId) => {
    face.endOf(tokenId);
    sendAllAway(parts, tokenId);
  });
  const { port: usedPort } = server.server.address() as AddressInfo; // it listens on TCP

  return {
    url: `${options.tls === undefined ? 'ws' : 'wss'}://${host.includes(':') ? `[${host}]` : host}:${usedPort}/v1/ws`,
    host,
    port: usedPort,
    load: () => loadOf(parts),
    hasPage,
    renewTls(tls) {
      if (server.server instanceof TlsServer) server.server.setSecureContext({ ...tls, minVersion: MIN_TLS_VERSION });
    },
    async close({ graceMs = 0 } = {}) {
      if (isClosing) return;
      isClosing = true;
      stopHeartbeat();
      revocations.unsubscribe();
      await closeAll(connections, timers, graceMs);
      face.close();
      parts.seats.close();
      parts.sessionFeed.close();
      parts.deviceFeed.close();
      parts.nearbyFeed.close();
      parts.traceFeed.close();
      parts.inspectFeed.close();
      await server.close();
    },
  };
}

/** Everything behind the HTTP server. */
export function createParts(options: GatewayOptions): GatewayParts {
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
    callers: createCallers(limits),
    counts: { calls: 0, rejected: {} },
    addresses: createAddresses(limits.clientsPerAddress),
    origins: createOrigins({ allowed: options.origins ?? [], timers, logger }),
    hub: options.hub,
    inspectFeed: createInspectFeed(broker),
    strangers: createStrangers({ limit: limits.strangers, timers }),
    flusher: createFlusher(),
    connections: new Set(),
  };
}

function loadOf({ connections, strangers, addresses, callers, seats }: GatewayParts): GatewayLoad {
  return {
    clients: connections.size,
    strangers: strangers.present,
    addresses: addresses.size,
    failedAddresses: strangers.failedAddresses,
    tokens: callers.size,
    apps: seats.size,
  };
}

/** A revoked token ends what it began: its connections, and the apps that wait for it. */
function sendAllAway({ connections, seats, callers }: GatewayParts, tokenId: string): void {
  for (const connection of connections) if (connection.principal?.tokenId === tokenId) sendAway(connection);
  seats.endAbandonedBy(tokenId);
  callers.forget(tokenId);
}

/** What comes from now on is not looked at; a client without calls under way goes at once. */
async function closeAll(connections: ReadonlySet<Connection>, timers: Timers, graceMs: number): Promise<void> {
  const gone = [...connections].map(({ socket }) => once(socket, 'close'));
  const closeRest = (): void => {
    for (const connection of connections) closeConnection(connection, 'goingAway');
  };
  for (const connection of connections) {
    connection.isDeaf = true;
    connection.isLeaving = graceMs > 0 && connection.inFlight.size > 0;
    if (!connection.isLeaving) closeConnection(connection, 'goingAway');
  }
  const timer = timers.setTimeout(closeRest, graceMs);
  await Promise.all(gone);
  timers.clearTimeout(timer);
}
