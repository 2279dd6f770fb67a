/** The gateway: lets remote clients be apps of the broker, over WebSocket. */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { Server as TlsServer } from 'node:tls';
import type { FastifyInstance } from 'fastify';
import type { Connection, GatewayParts } from './connection.js';
import { addContractRoutes } from './contract/contract-routes.js';
import type { GatewayOptions, Tls } from './gateway-options.js';
import { createParts } from './gateway-parts.js';
import { startHeartbeat } from './heartbeat.js';
import { createHttpFace } from './http/http-face.js';
import { serveOperations } from './http/operations.js';
import { createHttpServer, MIN_TLS_VERSION } from './http-server.js';
import { servePage } from './page/page.js';
import { closeConnection, formatHello, sendAway, serveConnection } from './serve-connection.js';
import type { Timers } from './timers.js';

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
  addContractRoutes(server, version, () => originOf(server, ANY_HOST.has(host) ? 'localhost' : host));
  serveOperations(server, parts, () => !isClosing);
  const hasPage = options.page !== undefined && (await servePage(server, options.page, parts));
  await server.listen({ host, port });
  const stopHeartbeat = startHeartbeat({ connections, timers, pingIntervalMs: limits.pingIntervalMs });
  const revocations = options.tokens.revoked$.subscribe((tokenId) => {
    face.endOf(tokenId);
    sendAllAway(parts, tokenId);
  });
  return {
    url: `${originOf(server, host).replace(/^http/, 'ws')}/v1/ws`,
    host,
    port: portOf(server),
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

/** Hosts that stand for every address of this machine, and are none that a client could use. */
const ANY_HOST: ReadonlySet<string> = new Set(['0.0.0.0', '::']);

function originOf(server: FastifyInstance, host: string): string {
  const scheme = server.server instanceof TlsServer ? 'https' : 'http';
  return `${scheme}://${host.includes(':') ? `[${host}]` : host}:${portOf(server)}`;
}

function portOf({ server }: FastifyInstance): number {
  return (server.address() as AddressInfo).port; // it listens on TCP
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
