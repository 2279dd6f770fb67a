import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import { createAddresses } from '../../src/gateway/addresses.js';
import { createBucket, take } from '../../src/gateway/bucket.js';
import { RATE_REFUSALS_PER_SECOND } from '../../src/protocol/limits.js';
import { createSession, createStage, failureOf, openApp, openClient } from './fixture.js';
import { CallFailed, openRaw } from './raw-client.js';

describe('a bucket', () => {
  it('gives as many at once as in a second, then one whenever its time has come', () => {
    const bucket = createBucket();
    for (let count = 0; count < 10; count += 1) expect(take(bucket, 10, 0)).toBe(0);
    expect(take(bucket, 10, 0)).toBeCloseTo(100);
    expect(take(bucket, 10, 99)).toBeCloseTo(1);
    expect(take(bucket, 10, 100)).toBe(0);
    expect(take(bucket, 10, 100)).toBeCloseTo(100);
    for (let count = 0; count < 10; count += 1) expect(take(bucket, 10, 60_000)).toBe(0);
  });

  it('gives everything at a rate of 0', () => {
    const bucket = createBucket();
    for (let count = 0; count < 1_000; count += 1) expect(take(bucket, 0, 0)).toBe(0);
  });
});

describe('calls beyond the rate', () => {
  it('are refused, with word of when to try again, and then carried out', async () => {
    const { kitchen, clock } = await createStage({ limits: { callsPerSecond: 2 } });
    const client = await openClient(kitchen);
    await client.call('ping');
    await client.call('ping');
    const refusal = await client.call('ping').catch((error: unknown) => error);
    const data = { kind: 'rateLimited', isRetryable: true, retryAfterMs: 500 };
    expect(refusal instanceof CallFailed && refusal.error).toMatchObject({ code: -32_011, data });
    clock.increment(500);
    expect(await client.call('ping')).toBeNull();
  });

  it('are counted over all connections of a token, and not against others', async () => {
    const { kitchen } = await createStage({ limits: { tokenCallsPerSecond: 2 } });
    const first = await openClient(kitchen);
    const [{ tokenId } = { tokenId: '' }] = kitchen.tokens.list();
    const second = await openClient(kitchen, { name: 'other' });
    await first.call('ping');
    await first.call('ping');
    expect(await failureOf(first.call('ping'))).toMatchObject({ kind: 'rateLimited' });
    expect(await second.call('ping')).toBeNull();
    await kitchen.tokens.revoke(tokenId);
  });

  it('count when they are no calls at all', async () => {
    const { kitchen } = await createStage({ limits: { callsPerSecond: 1 } });
    const client = await openClient(kitchen);
    client.sendRaw('{');
    expect(await failureOf(client.call('ping'))).toMatchObject({ kind: 'rateLimited' });
  });

  it('end the connection of a client that goes on all the same', async () => {
    const { kitchen } = await createStage({ limits: { callsPerSecond: 1 } });
    const client = await openClient(kitchen);
    for (let id = 1; id <= RATE_REFUSALS_PER_SECOND + 2; id += 1) {
      client.sendRaw(`{"jsonrpc":"2.0","id":${id},"method":"ping"}`);
    }
    expect((await client.closed).code).toBe(4113);
    expect(await kitchen.log.lines('a client ignores the call rate').next()).toMatchObject({ client: 'tester' });
  });
});

describe('shares', () => {
  it('bound the connections of a token, and leave room for others', async () => {
    const { kitchen } = await createStage({ limits: { clientsPerToken: 1 } });
    const { token } = await kitchen.tokens.create({
      name: 'greedy',
      bundleName: 'b',
      permissions: [],
      isSystemApp: false,
      scopes: ['read'],
    });
    const first = await openRaw(kitchen.gateway.url);
    await first.call('authenticate', { token });
    const second = await openRaw(kitchen.gateway.url);
    expect(await failureOf(second.call('authenticate', { token }))).toMatchObject({ kind: 'tooManyAtOnce' });
    expect((await second.closed).code).toBe(4013);
    await openClient(kitchen);
    await first.drop();
    await kitchen.log.lines('client gone').next();
    await kitchen.log.lines('client gone').next();
    const third = await openRaw(kitchen.gateway.url);
    expect(await third.call('authenticate', { token })).toMatchObject({ name: 'greedy' });
  });

  it('bound the sessions of an app, and give room back', async () => {
    const { kitchen } = await createStage({ limits: { sessionsPerApp: 1 } });
    const app = await openApp(kitchen);
    const sessionId = await createSession(app, 'phone');
    expect(await failureOf(createSession(app, 'phone', 'second'))).toMatchObject({ kind: 'tooManyAtOnce' });
    await app.call('destroyAbilityConnectionSession', { sessionId });
    expect(await createSession(app, 'phone', 'second')).toBeGreaterThan(sessionId);
  });

  it('bound the connections of an address, but not of this machine', () => {
    const addresses = createAddresses(2);
    for (const address of ['10.0.0.7', '10.0.0.7', '127.0.0.1', '127.0.0.1']) addresses.enter(address);
    expect(['10.0.0.7', '10.0.0.8', '127.0.0.1', '::ffff:127.0.0.1', '::1'].map(addresses.hasRoom)).toEqual([
      false,
      true,
      true,
      true,
      true,
    ]);
    addresses.leave('10.0.0.7');
    expect(addresses.hasRoom('10.0.0.7')).toBe(true);
    for (const address of ['10.0.0.7', '127.0.0.1', '127.0.0.1']) addresses.leave(address);
    expect(addresses.size).toBe(0);
  });
});

describe('strangers who send junk', () => {
  it('leave nothing behind', async () => {
    const { kitchen } = await createStage({ limits: { strangers: 8 } });
    const port = Number(new URL(kitchen.gateway.url).port);
    const wrong = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'authenticate', params: { token: 'x' } });
    const junk = ['', '{', '[]', wrong, 'x'.repeat(5_000), Uint8Array.of(1, 2, 3)];
    for (let round = 0; round < 10; round += 1) {
      const clients = await Promise.all(junk.map(() => openRaw(kitchen.gateway.url)));
      for (const [index, client] of clients.entries()) client.sendRaw(junk[index] ?? '');
      await Promise.all(clients.map((client) => client.drop()));
      await Promise.all([sendToPort(port, 'GET /nothing HTTP/1.1\r\n\r\n'), sendToPort(port, '\x16\x03\x01\x00')]);
    }
    await expect
      .poll(() => kitchen.gateway.load())
      .toEqual({
        clients: 0,
        strangers: 0,
        addresses: 0,
        failedAddresses: 1,
        tokens: 0,
        apps: 0,
      });
  });
});

/** Sends bytes that are no WebSocket, and waits until the gateway has hung up. */
function sendToPort(port: number, bytes: string): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.end(bytes, 'latin1'));
    socket.on('error', () => {});
    socket.on('close', () => resolve());
    socket.resume();
  });
}
