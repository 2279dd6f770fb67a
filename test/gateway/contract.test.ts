import { Parser } from '@asyncapi/parser';
import { Validator } from '@seriousme/openapi-schema-validator';
import { describe, expect, it } from 'vitest';
import { createAsyncApi } from '../../src/gateway/contract/asyncapi.js';
import { createDocsPage } from '../../src/gateway/contract/docs-page.js';
import { exampleOf } from '../../src/gateway/contract/example.js';
import { schemaDocuments, toJson } from '../../src/gateway/contract/json-schema.js';
import { createOpenApi } from '../../src/gateway/contract/openapi.js';
import { EVENT_TYPES, type MethodName } from '../../src/protocol/calls.js';
import { ERRORS } from '../../src/protocol/errors.js';
import { HTTP_ROUTES } from '../../src/protocol/http-routes.js';
import type { HttpRoute } from '../../src/protocol/http-types.js';
import { METHODS } from '../../src/protocol/methods.js';
import { NOTIFICATIONS } from '../../src/protocol/notifications.js';
import { createParamsCheck } from '../../src/protocol/params-check.js';
import { createStage } from './fixture.js';
import { baseOf } from './http-client.js';

interface OpenApi {
  readonly paths: Record<string, Record<string, { readonly parameters: readonly { readonly $ref?: string }[] }>>;
  readonly components: Record<'parameters' | 'schemas', Record<string, object>>;
}

interface AsyncApi {
  readonly servers: Record<string, { readonly protocol: string; readonly host: string; readonly pathname?: string }>;
  readonly channels: { readonly gateway: { readonly address: string } };
}

const NAMES = [...Object.keys(METHODS), ...Object.keys(NOTIFICATIONS)];

describe('the contract', () => {
  it('of the WebSocket is valid AsyncAPI 3.0 with an operation for every method and notification', async () => {
    const { document, diagnostics } = await new Parser().parse(JSON.stringify(createAsyncApi('0.1.0')));
    expect(diagnostics.filter(({ severity }) => severity === 0)).toEqual([]);
    expect(document?.version()).toBe('3.0.0');
    expect(
      document
        ?.operations()
        .all()
        .map((operation) => operation.id()),
    ).toEqual(NAMES);
  });

  it('is found wrong by that parser when it is', async () => {
    const broken = { ...createAsyncApi('0.1.0'), channels: {} };
    const { diagnostics } = await new Parser().parse(JSON.stringify(broken));
    expect(diagnostics.filter(({ severity }) => severity === 0)).not.toEqual([]);
  });

  it('of HTTP is valid OpenAPI 3.1 with every route', async () => {
    const validator = new Validator();
    expect(await validator.validate({ ...createOpenApi('0.1.0') })).toMatchObject({ valid: true });
    expect(validator.version).toBe('3.1');
    const { paths } = createOpenApi('0.1.0') as { paths: Record<string, Record<string, { operationId: string }>> }; // valid, see above
    const operations = Object.values(paths).flatMap((verbs) =>
      Object.values(verbs).map(({ operationId }) => operationId),
    );
    expect(operations.sort()).toEqual(Object.keys(HTTP_ROUTES).sort());
    expect(await new Validator().validate({ ...createOpenApi('0.1.0'), info: {} })).toMatchObject({
      valid: false,
    });
  });

  it('names every header, and leaves open what may grow', async () => {
    const { paths, components } = createOpenApi('0.1.0') as OpenApi; // valid, see above
    for (const [name, route] of Object.entries<HttpRoute>(HTTP_ROUTES)) {
      const { parameters } = paths[route.path]?.[route.verb.toLowerCase()] ?? expect.fail(name);
      const refs = parameters.map(({ $ref = '' }) => $ref.split('/').at(-1));
      expect([name, refs.includes('IdempotencyKey')]).toEqual([name, route.takesKey ?? false]);
      expect([name, refs.includes('LastEventId')]).toEqual([name, name === 'events']);
    }
    expect(components.parameters).toMatchObject({
      IdempotencyKey: { name: 'Idempotency-Key', in: 'header' },
      LastEventId: { name: 'Last-Event-ID', in: 'header' },
    });
    const kind = { type: 'string', 'x-extensible-enum': Object.keys(ERRORS) };
    expect(components.schemas['Error']).toMatchObject({ properties: { kind } });
    const closed = JSON.stringify([createOpenApi('0.1.0'), createAsyncApi('0.1.0'), ...schemaDocuments().values()]);
    for (const growing of [Object.keys(ERRORS), EVENT_TYPES]) {
      expect(closed).not.toContain(`"enum":${JSON.stringify(growing)}`);
      expect(closed).toContain(`"x-extensible-enum":${JSON.stringify(growing)}`);
    }
  });

  it('has examples that fit the methods', () => {
    for (const [name, { params }] of Object.entries(METHODS)) {
      const fault = createParamsCheck(name as MethodName)(exampleOf(toJson(params))); // a key of the table
      expect([name, fault]).toEqual([name, undefined]);
    }
  });

  it('has a page that names everything, runs nothing and fetches nothing from elsewhere', () => {
    const page = createDocsPage('<0.1.0>');
    for (const name of NAMES) expect(page).toContain(`id="${name}"`);
    for (const kind of Object.keys(ERRORS)) expect(page).toContain(`<td>${kind}</td>`);
    for (const { verb, path } of Object.values(HTTP_ROUTES)) expect(page).toContain(`${verb} ${path}`);
    expect(page).not.toMatch(/<script|https?:|<0\.1|style="|\son\w+="/);
    const ids = [...page.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });
});

describe('a gateway', () => {
  it('says in its contract where it listens', async () => {
    const { kitchen } = await createStage();
    const read = async (path: string) => (await fetch(baseOf(kitchen) + path)).json();
    const { port } = kitchen.gateway;
    expect(await read('/openapi.json')).toMatchObject({ servers: [{ url: '/' }, { url: `http://127.0.0.1:${port}` }] });
    const { servers, channels } = (await read('/asyncapi.json')) as AsyncApi; // valid, see above
    const [[, { protocol, host, pathname = '' }] = expect.fail('no server')] = Object.entries(servers);
    expect(`${protocol}://${host}${pathname}${channels.gateway.address}`).toBe(kitchen.gateway.url);
  });

  it.each([
    ['/v1/schema', 'application/json'],
    ['/v1/schema/sendMessage', 'application/json'],
    ['/v1/schema/hello', 'application/json'],
    ['/asyncapi.json', 'application/json'],
    ['/openapi.json', 'application/json'],
    ['/docs', 'text/html'],
    ['/docs/style.css', 'text/css'],
  ])('serves %s to everybody, once while it stays the same', async (path, type) => {
    const { kitchen } = await createStage({ version: '0.1.0' });
    const first = await fetch(baseOf(kitchen) + path);
    expect([first.status, first.headers.get('content-type')]).toEqual([200, expect.stringContaining(type)]);
    expect(first.headers.get('content-security-policy')).not.toContain('unsafe');
    const etag = first.headers.get('etag') ?? '';
    const second = await fetch(baseOf(kitchen) + path, { headers: { 'if-none-match': etag } });
    expect([second.status, await second.text()]).toEqual([304, '']);
  });

  it('has schemas for other languages', async () => {
    const { kitchen } = await createStage();
    const document = await (await fetch(`${baseOf(kitchen)}/v1/schema/sendMessage`)).json();
    expect(document).toMatchObject({ $defs: { params: toJson(METHODS.sendMessage.params), result: { type: 'null' } } });
    expect((await fetch(`${baseOf(kitchen)}/v1/schema/constructor`)).status).toBe(404);
  });
});
