/** Serves the contract. It holds nothing secret, so it needs no token; each document is made once, when it is first asked for. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { sendUnlessKnown, tagOf } from '../http/conditional.js';
import { sendNotFound } from '../http/http-errors.js';
import { createAsyncApi } from './asyncapi.js';
import { createDocsPage, DOCS_STYLE } from './docs-page.js';
import { schemaDocuments, schemaIndex } from './json-schema.js';
import { createOpenApi } from './openapi.js';

interface Served {
  readonly text: string;
  readonly etag: string;
}

/** No script at all, and nothing from elsewhere. */
const PAGE_POLICY = "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** `originOf` is asked once the gateway listens. */
export function addContractRoutes(server: FastifyInstance, version: string, originOf: () => string): void {
  const asJson = 'application/json; charset=utf-8';
  serve(server, '/v1/schema', asJson, () => JSON.stringify(schemaIndex(version)));
  serve(server, '/asyncapi.json', asJson, () => JSON.stringify(createAsyncApi(version, originOf())));
  serve(server, '/openapi.json', asJson, () => JSON.stringify(createOpenApi(version, originOf())));
  serve(server, '/docs', 'text/html; charset=utf-8', () => createDocsPage(version));
  serve(server, '/docs/style.css', 'text/css; charset=utf-8', () => DOCS_STYLE);

  const documents = once(
    () => new Map([...schemaDocuments()].map(([name, document]) => [name, toServed(JSON.stringify(document))])),
  );
  server.get('/v1/schema/:name', (request, reply) => {
    const { name } = request.params as { readonly name: string }; // as the path says
    const found = documents().get(name);
    if (found === undefined) return sendNotFound(request, reply);
    return answer(request, reply, asJson, found);
  });
}

function serve(server: FastifyInstance, path: string, type: string, make: () => string): void {
  const made = once(() => toServed(make()));
  server.get(path, (request, reply) => answer(request, reply, type, made()));
}

function answer(request: FastifyRequest, reply: FastifyReply, type: string, { text, etag }: Served): FastifyReply {
  reply.headers({
    'cache-control': 'public, max-age=300',
    'content-security-policy': PAGE_POLICY,
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
  });
  return sendUnlessKnown(request, reply, etag, () => reply.type(type).send(text));
}

function toServed(text: string): Served {
  return { text, etag: tagOf(text) };
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
