/** What all connections of a gateway share, made from what its owner gave. */
import { NEARBY_UPDATE_MS } from '../protocol/limits.js';
import { createAddresses } from './addresses.js';
import { createCallers } from './callers.js';
import type { GatewayParts } from './connection.js';
import { createDeviceFeed } from './device-feed.js';
import { createFlusher } from './flusher.js';
import { DEFAULT_LIMITS } from './gateway-limits.js';
import type { GatewayOptions } from './gateway-options.js';
import { createInspectFeed } from './inspect-feed.js';
import { silentLogger } from './logger.js';
import { createOrigins } from './origins.js';
import { createSeats } from './seats.js';
import { createSessionFeed } from './session-feed.js';
import { createStrangers } from './strangers.js';
import { systemTimers } from './timers.js';
import { createTraceFeed } from './trace-feed.js';

/** Everything behind the HTTP server. */
export function createParts(
  options: Pick<GatewayOptions, 'broker' | 'tokens' | 'limits' | 'logger' | 'timers' | 'origins' | 'hub'>,
): GatewayParts {
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
