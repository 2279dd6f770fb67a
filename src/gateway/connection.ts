/** One client's connection, as the parts of the gateway see it. */
import type { WebSocket } from 'ws';
import type { Broker } from '../broker/interface.js';
import type { Principal, TokenStore } from '../broker/tokens.js';
import type { ErrorKind } from '../protocol/errors.js';
import type { HubFigures } from '../protocol/hub-figures.js';
import type { RequestId } from '../protocol/rpc.js';
import type { Addresses } from './addresses.js';
import type { Bucket } from './bucket.js';
import type { Caller, Callers } from './callers.js';
import type { DeviceFeed } from './device-feed.js';
import type { Flusher } from './flusher.js';
import type { GatewayLimits } from './gateway-limits.js';
import type { InspectFeed } from './inspect-feed.js';
import type { Logger } from './logger.js';
import type { Origins } from './origins.js';
import type { SocketOutbox } from './outbox.js';
import type { Seats, TakenSeat } from './seats.js';
import type { SessionFeed } from './session-feed.js';
import type { Strangers } from './strangers.js';
import type { Timers } from './timers.js';
import type { TraceFeed } from './trace-feed.js';

/** What all connections of a gateway share. */
export interface GatewayParts {
  readonly broker: Broker;
  readonly tokens: TokenStore;
  readonly seats: Seats;
  readonly sessionFeed: SessionFeed;
  readonly deviceFeed: DeviceFeed;
  readonly nearbyFeed: DeviceFeed;
  readonly traceFeed: TraceFeed;
  readonly inspectFeed: InspectFeed;
  readonly strangers: Strangers;
  readonly callers: Callers;
  readonly addresses: Addresses;
  readonly origins: Origins;
  /** Where a hub runs beside the gateway. */
  readonly hub: (() => HubFigures) | undefined;
  readonly counts: CallCounts;
  readonly flusher: Flusher;
  readonly limits: GatewayLimits;
  readonly timers: Timers;
  readonly logger: Logger;
  readonly connections: Set<Connection>;
}

/** Calls over WebSocket since the start. */
export interface CallCounts {
  calls: number;
  /** Those answered with an error, by its kind. */
  readonly rejected: Partial<Record<ErrorKind, number>>;
}

/** A ping interval has so many parts, each for its share of the connections, so that no turn pings thousands. */
export const PING_PARTS = 25;

/** Plain fields rather than closures: there may be tens of thousands. */
export interface Connection {
  readonly parts: GatewayParts;
  readonly socket: WebSocket;
  readonly outbox: SocketOutbox;
  readonly address: string;
  /** It came to `/v1/inspect`: once it has authenticated, it only listens. */
  readonly isInspector: boolean;
  /** Undefined until it has authenticated. */
  principal: Principal | undefined;
  /** Undefined until it has registered an app. */
  taken: TakenSeat | undefined;
  /** Ids of the calls that wait for their answer. */
  readonly inFlight: Set<RequestId>;
  /** Bytes of data in those calls. */
  bytesInFlight: number;
  /** How often it calls, and how often it was refused for that. */
  readonly calls: Bucket;
  readonly refusals: Bucket;
  /** What its token uses; undefined until it has authenticated. */
  caller: Caller | undefined;
  /** Heard of since the last regular ping. */
  isHeard: boolean;
  /** Which share of the connections it is pinged with, from 0 to PING_PARTS - 1. */
  readonly pingPart: number;
  /** Ends what must not last: the wait for authentication, or for the answer to a wrong token. */
  timer: unknown;
  /** It tried a wrong token: what else it sends is not looked at. */
  isDeaf: boolean;
  /** The gateway closes: once its calls are answered, it goes. */
  isLeaving: boolean;
}
