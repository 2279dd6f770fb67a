/** Login without typing a token: a code that whoever started Tandem was shown is traded, once, for a token. */
import type { FastifyInstance } from 'fastify';
import { MAX_LOGIN_BODY_BYTES } from '../../protocol/limits.js';
import type { LoginAnswer } from '../../protocol/page-settings.js';
import { isObject } from '../../protocol/shape.js';
import type { GatewayParts } from '../connection.js';
import { isOriginAllowed } from '../origin.js';

export interface LoginCodes {
  /** A token for a code that is valid now, and never again; undefined for every other text. */
  redeem(code: string): Promise<string | undefined>;
}

/** A wrong code is answered late, as a wrong token is: later with every failure from that address. */
export function serveLogin(
  app: FastifyInstance,
  codes: LoginCodes,
  { strangers, timers, logger, origins }: GatewayParts & { readonly origins: readonly string[] },
): void {
  app.post('/v1/login', { bodyLimit: MAX_LOGIN_BODY_BYTES }, async (request, reply) => {
    reply.header('cache-control', 'no-store');
    const { origin, host } = request.headers;
    if (!isOriginAllowed(origin, host, origins)) return reply.code(403).send({ error: 'This origin may not log in.' });
    const token = await codes.redeem(readCode(request.body));
    if (token !== undefined) return { token } satisfies LoginAnswer;
    const address = request.socket.remoteAddress ?? 'unknown';
    const delayMs = strangers.delayAfterFailure(address);
    logger.warn({ address, delayMs }, 'wrong login code');
    await new Promise<void>((resolve) => timers.setTimeout(resolve, delayMs));
    return reply.code(401).send({ error: 'The login code is not valid, or it was used already.' });
  });
}

/** '' is no code. */
function readCode(body: unknown): string {
  return isObject(body) && typeof body['code'] === 'string' ? body['code'] : '';
}
