/** Serves the live page at `/`: its files, what it may offer here, and the exchange of a login code for a token. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { PageSettings } from '../../protocol/page-settings.js';
import type { BearerParts } from '../http/bearer.js';
import { sendUnlessKnown } from '../http/conditional.js';
import { serveDemo } from './demo.js';
import { type LoginParts, serveLogin } from './login.js';
import { type PageFile, readPageFiles } from './page-files.js';
import type { PageOptions } from './page-options.js';

/** Whether there is a page to serve. To be called before the server listens. */
export async function servePage(
  app: FastifyInstance,
  { directory, loginCodes, demo }: PageOptions,
  parts: BearerParts & LoginParts,
): Promise<boolean> {
  const files = await readPageFiles(directory);
  if (files === undefined) return false;
  for (const [path, file] of files) app.get(path === '/index.html' ? '/' : path, answerWith(file));
  app.get('/page.json', (request, reply) => {
    const isOriginAllowed = parts.origins.isAllowed(originIn(request), request.headers.host);
    const settings: PageSettings = { isOriginAllowed, ...(demo !== undefined && { demo: demo.settings }) };
    return reply.headers(PAGE_HEADERS).header('cache-control', 'no-store').send(settings);
  });
  if (loginCodes !== undefined) serveLogin(app, loginCodes, parts);
  if (demo !== undefined) serveDemo(app, demo, parts);
  return true;
}

/**
 * Nothing but this origin is loaded, asked or framed by; nothing inline runs. `blob:` pictures are the page's own: that is how a drawn
 * chart becomes a PNG.
 */
const PAGE_HEADERS = {
  'content-security-policy':
    "default-src 'self'; img-src 'self' blob:; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};

/** The page says it itself: browsers leave the header out when a page asks its own origin. */
function originIn({ query, headers }: FastifyRequest): string | undefined {
  const { origin } = query as { readonly origin?: unknown }; // Fastify's parser gives an object
  return typeof origin === 'string' ? origin : headers.origin;
}

function answerWith(file: PageFile): (request: FastifyRequest, reply: FastifyReply) => FastifyReply {
  const { bytes, gzipped, contentType, etag, isHashed } = file;
  const headers = {
    ...PAGE_HEADERS,
    'cache-control': isHashed ? 'public, max-age=31536000, immutable' : 'no-store',
    vary: 'accept-encoding',
  };
  return (request, reply) => {
    reply.headers(headers);
    return sendUnlessKnown(request, reply, etag, () => {
      reply.type(contentType);
      if (gzipped === undefined || !/\bgzip\b/.test(String(request.headers['accept-encoding'])))
        return reply.send(bytes);
      return reply.header('content-encoding', 'gzip').send(gzipped);
    });
  };
}
