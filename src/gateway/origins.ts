/** Which web pages may talk to this gateway, and who is told when one may not. */
import type { FastifyRequest } from 'fastify';
import { MAX_REFUSED_ORIGINS, REFUSED_ORIGIN_MS } from '../protocol/limits.js';
import { addressOf } from './client-address.js';
import type { Logger } from './logger.js';
import { isOriginAllowed } from './origin.js';
import type { Timers } from './timers.js';

export interface Origins {
  /** For a page of `origin` that reached the gateway by the name `host`. */
  isAllowed(origin: string | undefined, host: string | undefined): boolean;
  /** The same for a request; a refusal is logged. */
  admits(request: FastifyRequest): boolean;
}

export interface OriginsOptions {
  /** As browsers say them, or as people write addresses: with a path, or in capitals. */
  readonly allowed: readonly string[];
  readonly timers: Timers;
  readonly logger: Logger;
}

export function createOrigins({ allowed, timers, logger }: OriginsOptions): Origins {
  const origins = allowed.map(originOf);
  /** Refused within the hour: a page tries again and again, and anyone may send any origin. */
  const told = new Set<string>();
  let forgetAtMs = 0;

  function isAllowed(origin: string | undefined, host: string | undefined): boolean {
    return isOriginAllowed(origin, host, origins);
  }

  function tell(origin: string, request: FastifyRequest): void {
    if (timers.now() >= forgetAtMs) {
      forgetAtMs = timers.now() + REFUSED_ORIGIN_MS;
      told.clear();
    }
    if (told.has(origin) || told.size >= MAX_REFUSED_ORIGINS) return;
    told.add(origin);
    const { host = '' } = request.headers;
    const fields = { origin, host: host.slice(0, LONGEST_TOLD), address: addressOf(request) };
    logger.warn(fields, 'a web page was refused: neither gateway.publicUrl nor gateway.allowedOrigins has its origin');
  }

  return {
    isAllowed,
    admits(request) {
      const { origin, host } = request.headers;
      const isWelcome = isAllowed(origin, host);
      if (!isWelcome) tell((origin ?? '').slice(0, LONGEST_TOLD), request);
      return isWelcome;
    },
  };
}

/** Of `hub.local:8123`, which has forgotten its scheme, URL makes "null": that is what pages say that may hide where they are from. */
function originOf(text: string): string {
  const origin = URL.canParse(text) ? new URL(text).origin : 'null';
  return origin === 'null' ? text : origin;
}

const LONGEST_TOLD = 256;
