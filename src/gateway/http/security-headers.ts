/**
 * What browsers may do with an answer of the gateway: nothing but show its own pages, in no frame, and tell nobody where they were. Five
 * lines rather than @fastify/helmet, whose other headers would promise what the gateway cannot keep: it may be served without TLS.
 */
import type { FastifyInstance } from 'fastify';

const HEADERS = {
  'content-security-policy':
    "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; object-src 'none'",
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
} as const;

/** On every answer, refusals and errors included; a route may set another policy for its page. */
export function addSecurityHeaders(app: FastifyInstance): void {
  app.addHook('onRequest', (_, reply, done) => {
    reply.headers(HEADERS);
    done();
  });
}
