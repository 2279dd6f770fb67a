import fastify, { type FastifyInstance } from 'fastify';
import { describe, expect, it, onTestFinished } from 'vitest';
import { SimulatedClock } from 'xstate';
import { createTokenStore, type TokenStore } from '../../src/broker/tokens.js';
import { principalOf, requireBearer } from '../../src/gateway/http/bearer.js';
import { silentLogger } from '../../src/gateway/logger.js';
import { createStrangers } from '../../src/gateway/strangers.js';
import { REFUSAL_DELAY_MS } from '../../src/protocol/limits.js';
import type { Scope } from '../../src/protocol/scopes.js';
import { createMailbox, type Mailbox } from '../conformance/mailbox.js';

const WRONG = { authorization: `Bearer ${'A'.repeat(43)}` };

describe('a request with a bearer token', () => {
  it('is let in with the scope, and known by its token', async () => {
    const { server, bearer } = await createDoor();
    const { statusCode, body } = await server.inject({ url: '/door', headers: await bearer(['read', 'drive']) });
    expect([statusCode, body]).toEqual([200, 'tester']);
  });

  it('takes the scheme in any case, as RFC 7235 asks', async () => {
    const { server, bearer } = await createDoor();
    const { authorization } = await bearer(['drive']);
    const headers = { authorization: authorization.replace('Bearer', 'bEARER ') };
    expect((await server.inject({ url: '/door', headers })).statusCode).toBe(200);
  });

  it.each([
    ['no header', {}],
    ['another scheme', { authorization: 'Basic dXNlcjpwYXNz' }],
    ['no token after the scheme', { authorization: 'Bearer ' }],
  ])('is asked for a token when it has %s', async (_, headers) => {
    const { server } = await createDoor();
    const answer = await server.inject({ url: '/door', headers });
    expect(answer.statusCode).toBe(401);
    expect(answer.headers['www-authenticate']).toBe('Bearer realm="tandem"');
    expect(answer.json()).toEqual({
      kind: 'unauthenticated',
      code: -32_001,
      message: 'Authenticate first.',
      isRetryable: false,
    });
  });

  it('is told which scope its token lacks', async () => {
    const { server, bearer } = await createDoor();
    const answer = await server.inject({ url: '/door', headers: await bearer(['read']) });
    expect(answer.statusCode).toBe(403);
    expect(answer.headers['www-authenticate']).toBe('Bearer realm="tandem", error="insufficient_scope", scope="drive"');
    expect(answer.json()).toMatchObject({ kind: 'forbidden', message: expect.stringContaining('scope drive') });
  });

  it('waits longer for each wrong token, whatever its length', async () => {
    const { server, clock, waits } = await createDoor();
    const first = server.inject({ url: '/door', headers: WRONG });
    expect(await waits.next()).toMatchObject({ delayMs: REFUSAL_DELAY_MS });
    clock.increment(REFUSAL_DELAY_MS);
    const answer = await first;
    expect(answer.statusCode).toBe(401);
    expect(answer.headers['www-authenticate']).toBe('Bearer realm="tandem", error="invalid_token"');
    expect(answer.json()).toMatchObject({ kind: 'invalidToken' });

    const second = server.inject({ url: '/door', headers: { authorization: `Bearer ${'A'.repeat(300)}` } });
    expect(await waits.next()).toMatchObject({ delayMs: 2 * REFUSAL_DELAY_MS });
    clock.increment(2 * REFUSAL_DELAY_MS);
    expect((await second).json()).toMatchObject({ kind: 'invalidToken' });
  });

  it('is refused before its body is read, however large', async () => {
    const { server } = await createDoor();
    const answer = await server.inject({ method: 'POST', url: '/door', payload: '{'.repeat(2_000) });
    expect([answer.statusCode, answer.headers['connection']]).toEqual([401, 'close']);
  });

  it('finds no room while as many wait as there may be strangers, and finds it again', async () => {
    const { server, clock, waits } = await createDoor(2);
    const waiting = [1, 2].map(() => server.inject({ url: '/door', headers: WRONG }));
    for (const _ of waiting) await waits.next();
    const third = await server.inject({ url: '/door', headers: WRONG });
    expect([third.statusCode, third.headers['retry-after']]).toEqual([429, '1']);
    expect(third.json()).toMatchObject({ kind: 'tooManyAtOnce', isRetryable: true });
    clock.increment(60_000);
    await Promise.all(waiting);
    const fourth = server.inject({ url: '/door', headers: WRONG });
    await waits.next();
    clock.increment(60_000);
    expect((await fourth).statusCode).toBe(401);
  });

  it('gives its place back when it goes away without waiting', async () => {
    const { server, clock, waits } = await createDoor(1);
    const url = await server.listen({ host: '127.0.0.1', port: 0 });
    const impatient = new AbortController();
    const gone = createMailbox<string>();
    server.server.once('connection', (socket) => socket.once('close', () => gone.post('gone')));
    const request = fetch(`${url}/door`, { headers: WRONG, signal: impatient.signal });
    await waits.next();
    impatient.abort();
    await expect(request).rejects.toThrow();
    await gone.next();
    const next = server.inject({ url: '/door', headers: WRONG });
    await waits.next();
    clock.increment(60_000);
    expect((await next).statusCode).toBe(401);
  });
});

interface Door {
  readonly server: FastifyInstance;
  readonly clock: SimulatedClock;
  /** One entry a wrong token that has to wait. */
  readonly waits: Mailbox<object>;
  bearer(scopes: readonly Scope[]): Promise<{ authorization: string }>;
}

/** A server with one route, which asks for scope drive and answers with the name of the token. */
async function createDoor(strangers = 16): Promise<Door> {
  const clock = new SimulatedClock();
  const tokens: TokenStore = await createTokenStore();
  const waits = createMailbox<object>();
  const logger = { ...silentLogger, warn: (fields: object) => waits.post(fields) };
  const parts = { tokens, strangers: createStrangers({ limit: strangers, timers: clock }), timers: clock, logger };
  const server = fastify({ bodyLimit: 1_000 });
  const onRequest = requireBearer(parts, 'drive');
  server.route({
    method: ['GET', 'POST'],
    url: '/door',
    onRequest,
    handler: async (request) => principalOf(request).name,
  });
  onTestFinished(() => server.close());
  const grant = { name: 'tester', bundleName: 'b', permissions: [], isSystemApp: false };
  return {
    server,
    clock,
    waits,
    bearer: async (scopes) => ({ authorization: `Bearer ${(await tokens.create({ ...grant, scopes })).token}` }),
  };
}
