/** Failures as the HTTP side tells them: one status per kind, and a body with the fields of a JSON-RPC error. */
import type { FastifyReply } from 'fastify';
import type { BrokerError } from '../../protocol/errors.js';
import { HTTP_STATUS } from '../../protocol/http-status.js';

/** Ends the request. */
export function sendError(reply: FastifyReply, { kind, code, message, isRetryable }: BrokerError): FastifyReply {
  const status = HTTP_STATUS[kind] ?? 500;
  if (status === 429 || status === 503) reply.header('retry-after', '1');
  return reply.code(status).header('cache-control', 'no-store').send({ kind, code, message, isRetryable });
}
