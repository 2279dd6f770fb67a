/** What createClient is given, and what it takes where nothing is said. */

import { CLIENT_CONNECT_TIMEOUT_MS } from '../protocol/client-limits.js';
import { BrokerError } from '../protocol/errors.js';
import { systemClock } from './clock.js';
import type { ClientOptions } from './interface.js';

/** Throws BrokerError `invalidParameter`. */
export function readOptions(options: ClientOptions) {
  const { url, token, clock = systemClock, random = Math.random, isReconnecting = true } = options;
  const { connectTimeoutMs = CLIENT_CONNECT_TIMEOUT_MS, callTimeoutMs } = options;
  // `URL` is part of every runtime that has WebSockets.
  if (!URL.canParse(url) || !/^wss?:$/.test(new URL(url).protocol)) {
    throw new BrokerError('invalidParameter', `url must begin with ws:// or wss://, not ${JSON.stringify(url)}.`);
  }
  if (typeof token !== 'string') throw new BrokerError('invalidParameter', 'token must be a text.');
  for (const [name, value] of Object.entries({ connectTimeoutMs, callTimeoutMs })) {
    if (value === undefined || (typeof value === 'number' && value > 0)) continue;
    throw new BrokerError('invalidParameter', `${name} must be above 0, in milliseconds; Infinity waits for ever.`);
  }
  return { url, token, clock, random, isReconnecting, connectTimeoutMs };
}
