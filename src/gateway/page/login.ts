/** Login without typing a token: a code that whoever started Tandem was shown is traded, once, for a token. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { BrokerError } from '../../protocol/errors.js';
import { MAX_PAGE_BODY_BYTES } from '../../protocol/limits.js';
import type { LoginAnswer } from '../../protocol/page-settings.js';
import { isObject } from '../../protocol/shape.js';
import { addressOf } from '../client-address.js';
import { sendError } from '../http/http-errors.js';
import type { Logger } from '../logger.js';
import type { Origins } from '../origins.js';
import type { Strangers } from '../strangers.js';
import type { Timers } from '../timers.js';
import type { LoginCodes } from './page-options.js';

export interface LoginParts {
  readonly strangers: Strangers;
  readonly timers: Timers;
  readonly logger: Logger;
  readonly origins: Origins;
}

export function serveLogin(app: FastifyInstance, codes: LoginCodes, parts: LoginParts): void {
  app.post('/v1/login', { bodyLimit: MAX_PAGE_BODY_BYTES }, async (request, reply) => {
    if (!parts.origins.admits(request)) {
      return sendError(reply, new BrokerError('forbidden', 'Pages of this origin may not log in.'));
    }
    const token = await codes.redeem(readCode(request.body));
    if (token === undefined) return refuseLate(request, reply, parts);
    return reply.header('cache-control', 'no-store').send({ token } satisfies LoginAnswer);
  });
}

/** '' is no code. */
function readCode(body: unknown): string {
  return isObject(body) && typeof body['code'] === 'string' ? body['code'] : '';
}

/** As for a wrong token: later with every failure from that address, and who waits counts as a stranger. */
function refuseLate(
  request: FastifyRequest,
  reply: FastifyReply,
  parts: LoginParts,
): Promise<FastifyReply> | FastifyReply {
  const { strangers, timers, logger } = parts;
  if (!strangers.hasRoom()) return sendError(reply, new BrokerError('tooManyAtOnce', 'Wrong login codes.'));
  const address = addressOf(request);
  const delayMs = strangers.delayAfterFailure(address);
  logger.warn({ address, delayMs }, 'wrong login code');
  strangers.enter();
  return new Promise((resolve) => {
    const timer = timers.setTimeout(() => {
      resolve(sendError(reply, new BrokerError('invalidToken', 'The login code is wrong, too old, or was used.')));
    }, delayMs);
    reply.raw.once('close', () => {
      timers.clearTimeout(timer);
      strangers.leave();
      resolve(reply);
    });
  });
}
