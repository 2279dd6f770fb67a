/** Lets hosts in other processes share an air: a Unix socket that gives each client a controller and speaks H4, as BlueZ's btvirt does. */
import { createServer, type Socket } from 'node:net';
import { type Observable, Subject } from 'rxjs';
import { createAdapterPool } from './adapter-pool.js';
import type { Adapter, Air } from './air.js';
import { type AirClient, type AirClientEvents, serveAirClient } from './air-client.js';
import { closeListening, listenAt } from './socket-path.js';

/** Clients at one time; further ones are closed at once. */
export const MAX_AIR_CLIENTS = 64;

export interface AirServerOptions {
  /** Of the socket: a file that is not there, or one that a server left behind. */
  readonly path: string;
}

/** What a person at the server would want to see; `why` is in words. */
export type AirServerEvent =
  | { readonly type: 'joined'; readonly adapter: Adapter }
  | { readonly type: 'left'; readonly adapter: Adapter; readonly why: string }
  | { readonly type: 'refused'; readonly why: string };

export interface AirServer {
  readonly path: string;
  /** Hot; completes when the server is closed. */
  readonly events$: Observable<AirServerEvent>;
  readonly counts: AirServerCounts;
  /** Ends every client and takes the socket away. The air goes on. */
  close(): Promise<void>;
}

export interface AirServerCounts {
  readonly clients: number;
  /** Packets that vanished because their client did not read. */
  readonly lost: number;
}

/** Rejects with Error: a live server has the path, it is something else than a socket, or it cannot be made. Only in a main thread: workers have no umask. */
export async function serveAir(air: Air, { path }: AirServerOptions): Promise<AirServer> {
  const pool = createAdapterPool(air);
  const clients = new Set<AirClient>();
  const happenings = new Subject<AirServerEvent>();
  let lost = 0;
  const events: AirClientEvents = {
    joined: (adapter) => happenings.next({ type: 'joined', adapter }),
    left: (adapter, why) => happenings.next({ type: 'left', adapter, why }),
    refused: (why) => happenings.next({ type: 'refused', why }),
    lost: () => {
      lost += 1;
    },
  };

  function welcome(socket: Socket): void {
    if (clients.size >= MAX_AIR_CLIENTS) {
      events.refused(`${MAX_AIR_CLIENTS} clients are there already`);
      socket.destroy();
      return;
    }
    const client = serveAirClient(socket, pool, events);
    clients.add(client);
    socket.once('close', () => clients.delete(client));
  }

  const server = createServer(welcome);
  await listenAt(server, path);
  return {
    path,
    events$: happenings.asObservable(),
    counts: {
      get clients() {
        return clients.size;
      },
      get lost() {
        return lost;
      },
    },
    async close() {
      for (const client of clients) client.drop('the air is closing');
      await closeListening(server);
      happenings.complete();
    },
  };
}
