/** The HTTP side as an OpenAPI 3.1 document, made from the table of routes. */
import { HTTP_ROUTES } from '../../protocol/http-routes.js';
import { HTTP_STATUS } from '../../protocol/http-status.js';
import { ALWAYS_POSSIBLE, ErrorBody, type HttpFailure, type HttpRoute } from '../../protocol/http-types.js';
import { IDEMPOTENCY_KEY_PATTERN } from '../../protocol/idempotency-key.js';
import { toJson } from './json-schema.js';

/** `origin` is where the gateway listens; by default, where it does unless it is told otherwise. */
export function createOpenApi(version: string, origin = 'http://127.0.0.1:8420'): object {
  const paths: Record<string, Record<string, object>> = {};
  for (const [name, route] of Object.entries(HTTP_ROUTES)) {
    paths[route.path] = { ...paths[route.path], [route.verb.toLowerCase()]: operation(name, route) };
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Tandem gateway', version, description: DESCRIPTION, license: { name: 'MIT', identifier: 'MIT' } },
    servers: [
      { url: '/', description: 'Where this document is.' },
      { url: origin, description: 'Where the gateway listens.' },
    ],
    security: [{ bearer: [] }],
    paths,
    components: {
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer', description: 'An access token of this gateway.' },
        ticket: { type: 'apiKey', in: 'query', name: 'ticket', description: 'From POST /v1/tickets; works once.' },
      },
      schemas: { Error: toJson(ErrorBody) },
      parameters: { IdempotencyKey: IDEMPOTENCY_KEY, LastEventId: LAST_EVENT_ID },
      headers: { RetryAfter: RETRY_AFTER, WwwAuthenticate: WWW_AUTHENTICATE },
      responses: failures(),
    },
  };
}

const DESCRIPTION =
  'The calls of the WebSocket API for programs that speak plain HTTP, and event streams. See docs/http.md.';

const IDEMPOTENCY_KEY = {
  name: 'Idempotency-Key',
  in: 'header',
  description:
    'New for each request. Repeated with the same key, a request is carried out once and answered as it was.',
  schema: { type: 'string', pattern: IDEMPOTENCY_KEY_PATTERN },
};

const LAST_EVENT_ID = {
  name: 'Last-Event-ID',
  in: 'header',
  description: 'The last `id` that was handled: the stream goes on behind it.',
  schema: { type: 'string' },
};

const RETRY_AFTER = { description: 'When to try again, in seconds.', schema: { type: 'integer' } };
const WWW_AUTHENTICATE = {
  description: 'Where the token is the reason: what is wrong with it.',
  schema: { type: 'string' },
};

function operation(operationId: string, route: HttpRoute): object {
  const { doc, scope, query = {}, status, failures: own = [] } = route;
  const failed = [...ALWAYS_POSSIBLE, ...own].map((each) => [each, { $ref: `#/components/responses/${each}` }]);
  return {
    operationId,
    summary: doc,
    description: `Needs scope ${scope}.`,
    ...('ticket' in query ? { security: [{ bearer: [] }, { ticket: [] }] } : {}),
    parameters: parameters(route),
    ...requestBody(route),
    responses: {
      [status]: success(route),
      ...Object.fromEntries(failed),
      default: { $ref: '#/components/responses/other' },
    },
  };
}

/** The ticket is a credential, and named as one. */
function parameters({ path, query = {}, takesKey = false, givesEvents = false }: HttpRoute): object[] {
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => {
    return { name, in: 'path', required: true, schema: { type: name === 'sessionId' ? 'integer' : 'string' } };
  });
  const inQuery = Object.entries(query)
    .filter(([name]) => name !== 'ticket')
    .map(([name, { doc, schema }]) => ({
      name,
      in: 'query',
      description: doc,
      explode: false,
      schema: toJson(schema),
    }));
  return [
    ...inPath,
    ...inQuery,
    ...(takesKey ? [{ $ref: '#/components/parameters/IdempotencyKey' }] : []),
    ...(givesEvents ? [{ $ref: '#/components/parameters/LastEventId' }] : []),
  ];
}

function requestBody({ body, isBodyOptional = false, takesBytes = false }: HttpRoute): object {
  if (takesBytes) return { requestBody: { required: true, content: { 'application/octet-stream': {} } } };
  return body === undefined ? {} : { requestBody: { required: !isBodyOptional, content: json(toJson(body)) } };
}

function success({ status, result }: HttpRoute): object {
  if (status === 204) return { description: 'Done.' };
  if (result === undefined)
    return { description: 'A stream of events.', content: { 'text/event-stream': { schema: { type: 'string' } } } };
  return { description: 'The answer.', content: json(toJson(result)) };
}

/** One a status, with the kinds that have it. */
function failures(): Record<string, object> {
  const byStatus = new Map<HttpFailure, string[]>();
  for (const [kind, status] of Object.entries(HTTP_STATUS)) {
    if (status !== undefined) byStatus.set(status, [...(byStatus.get(status) ?? []), kind]);
  }
  const named = [...byStatus].map(([status, kinds]) => [status, failure(`\`kind\` is ${kinds.join(', ')}.`, status)]);
  return { ...Object.fromEntries(named), other: failure('Failed before it was a request of this contract.') };
}

function failure(description: string, status?: HttpFailure): object {
  const content = json({ $ref: '#/components/schemas/Error' });
  if (status === 401 || status === 403)
    return { description, headers: { 'WWW-Authenticate': header('WwwAuthenticate') }, content };
  if (status === 429 || status === 503)
    return { description, headers: { 'Retry-After': header('RetryAfter') }, content };
  return { description, content };
}

function header(name: string): object {
  return { $ref: `#/components/headers/${name}` };
}

function json(schema: object): object {
  return { 'application/json': { schema } };
}
