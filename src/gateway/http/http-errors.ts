/** Failures as the HTTP side tells them: one status per kind, and a body with the fields of a JSON-RPC error. */
import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { ConnectionError, FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { BrokerError } from '../../protocol/errors.js';
import { HTTP_STATUS } from '../../protocol/http-status.js';
import type { Logger } from '../logger.js';

/** Ends the request. */
export function sendError(reply: FastifyReply, error: BrokerError): FastifyReply {
  const { kind, retryAfterMs = 1_000 } = error;
  const status = HTTP_STATUS[kind] ?? 500;
  if (status === 429 || status === 503) reply.header('retry-after', String(Math.ceil(retryAfterMs / 1_000)));
  return reply.code(status).header('cache-control', 'no-store').send(bodyOf(error));
}

function bodyOf({ kind, code, message, isRetryable }: BrokerError): object {
  return { kind, code, message, isRetryable };
}

/** For what no route answers. */
export function sendNotFound({ method, url }: FastifyRequest, reply: FastifyReply): FastifyReply {
  const asked = `${method} ${url.split('?', 1)[0]?.slice(0, MAX_TOLD_CHARACTERS)}`;
  return sendError(
    reply,
    new BrokerError('methodNotFound', `Nothing answers ${asked}; /openapi.json lists what does.`),
  );
}

/** For an address that Fastify cannot read. */
export function sendUnreadable({ message }: FastifyError, _: FastifyRequest, reply: FastifyReply): FastifyReply {
  return sendError(reply, new BrokerError('invalidRequest', `${message.slice(0, MAX_TOLD_CHARACTERS)}.`));
}

/** Of what somebody sent, so much is told back. */
const MAX_TOLD_CHARACTERS = 200;

/** Answers what is no HTTP, comes too late, or has too long a head: there is no request yet that could be replied to. */
export function answerMalformed({ code }: ConnectionError, socket: Socket): void {
  if (code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
  const [status, words] = MALFORMED[code] ?? [400, 'It is not HTTP.'];
  const body = JSON.stringify(bodyOf(new BrokerError('invalidRequest', words)));
  const head = `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nconnection: close\r\ncontent-type: application/json; charset=utf-8`;
  socket.end(`${head}\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
}

/** By the code of Node's error. */
const MALFORMED: Readonly<Record<string, readonly [number, string]>> = {
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'It did not arrive in time.'],
  HPE_HEADER_OVERFLOW: [431, 'Its headers are too long.'],
};

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
