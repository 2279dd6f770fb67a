/** Answers that are not sent again to those who have them: the one place that looks at If-None-Match. Source: RFC 9110, section 13.1.2. */
import { createHash } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import fresh from 'fresh';

/** The entity tag of this content: it changes with it, and only with it. */
export function tagOf(content: string | Uint8Array): string {
  return `"${createHash('sha256').update(content).digest('base64url').slice(0, 22)}"`;
}

/** Answers 304 to who has what the tag names, and has `send` answer everybody else. All headers but those of the body are set before. */
export function sendUnlessKnown(
  { headers }: FastifyRequest,
  reply: FastifyReply,
  etag: string,
  send: () => FastifyReply,
): FastifyReply {
  reply.header('etag', etag);
  // Nothing else of the request: `cache-control: no-cache`, which fetch adds to such a request by itself, is for caches on the way.
  const isKnown = fresh({ 'if-none-match': headers['if-none-match'] }, { etag });
  return isKnown ? reply.code(304).send() : send();
}
