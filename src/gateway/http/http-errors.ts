/** Failures as the HTTP side tells them: one status per kind, and a body with the fields of a JSON-RPC error. */
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { BrokerError } from '../../protocol/errors.js';
import { HTTP_STATUS } from '../../protocol/http-status.js';
import type { Logger } from '../logger.js';

/** Ends the request. */
export function sendError(reply: FastifyReply, error: BrokerError): FastifyReply {
  const { kind, code, message, isRetryable, retryAfterMs = 1_000 } = error;
  const status = HTTP_STATUS[kind] ?? 500;
  if (status === 429 || status === 503) reply.header('retry-after', String(Math.ceil(retryAfterMs / 1_000)));
  return reply.code(status).header('cache-control', 'no-store').send({ kind, code, message, isRetryable });
}

/** For an address that Fastify cannot read. */
export function sendUnreadable({ message }: FastifyError, _: FastifyRequest, reply: FastifyReply): FastifyReply {
  return sendError(reply, new BrokerError('invalidRequest', `${message.slice(0, MAX_TOLD_CHARACTERS)}.`));
}

/** Of what somebody sent, so much is told back. */
const MAX_TOLD_CHARACTERS = 200;

/** Whatever a handler threw, or Fastify found wrong with the request. Errors that are neither are ours, and only the log says more. */
export function toBrokerError(error: unknown, logger: Logger): BrokerError {
  if (error instanceof BrokerError) return error;
  const { statusCode = 500, code, message } = error as Partial<FastifyError>; // every field may be missing
  if (statusCode === 413) return new BrokerError('bodyTooLarge');
  if (code === 'FST_ERR_CTP_INVALID_JSON_BODY' || code === 'FST_ERR_CTP_EMPTY_JSON_BODY') {
    return new BrokerError('parseError', 'The body must be JSON.');
  }
  if (statusCode >= 400 && statusCode < 500) return new BrokerError('invalidRequest', `${message}.`);
  logger.error({ err: error }, 'an HTTP request failed in the gateway');
  return new BrokerError('internalError');
}
