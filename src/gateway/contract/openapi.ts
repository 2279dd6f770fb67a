/** The HTTP side as an OpenAPI 3.1 document, made from the table of routes. */
import { ERRORS } from '../../protocol/errors.js';
import { HTTP_ROUTES } from '../../protocol/http-routes.js';
import { ErrorBody, type HttpRoute } from '../../protocol/http-types.js';
import { toJson } from './json-schema.js';

export function createOpenApi(version: string): object {
  const paths: Record<string, Record<string, object>> = {};
  for (const [name, route] of Object.entries(HTTP_ROUTES)) {
    paths[route.path] = { ...paths[route.path], [route.verb.toLowerCase()]: operation(name, route) };
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Tandem gateway', version, description: DESCRIPTION, license: { name: 'MIT', identifier: 'MIT' } },
    servers: [{ url: '/' }],
    security: [{ bearer: [] }],
    paths,
    components: {
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer', description: 'An access token of this gateway.' },
        ticket: { type: 'apiKey', in: 'query', name: 'ticket', description: 'From POST /v1/tickets; works once.' },
      },
      schemas: { Error: toJson(ErrorBody) },
      responses: {
        error: {
          description: `Failed. \`kind\` is one of ${Object.keys(ERRORS).length} in docs/errors.md.`,
          content: json({ $ref: '#/components/schemas/Error' }),
        },
      },
    },
  };
}

const DESCRIPTION =
  'The calls of the WebSocket API for programs that speak plain HTTP, and event streams. See docs/http.md.';

function operation(operationId: string, route: HttpRoute): object {
  const { doc, scope, path, query = {}, status } = route;
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => {
    return { name, in: 'path', required: true, schema: { type: name === 'sessionId' ? 'integer' : 'string' } };
  });
  const inQuery = Object.entries(query).map(([name, description]) => {
    return { name, in: 'query', description, schema: { type: 'string' } };
  });
  return {
    operationId,
    summary: doc,
    description: `Needs scope ${scope}.`,
    ...('ticket' in query ? { security: [{ bearer: [] }, { ticket: [] }] } : {}),
    parameters: [...inPath, ...inQuery],
    ...requestBody(route),
    responses: { [status]: success(route), default: { $ref: '#/components/responses/error' } },
  };
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

function json(schema: object): object {
  return { 'application/json': { schema } };
}
