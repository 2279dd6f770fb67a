import { describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { isOriginAllowed } from '../../src/gateway/origin.js';
import { connectedPair, createStage, createToken, openClient } from './fixture.js';
import { openRaw } from './raw-client.js';

describe('the HTTP side', () => {
  it('shows that it is alive, and nothing else', async () => {
    const { kitchen } = await createStage();
    const base = kitchen.gateway.url.replace('ws:', 'http:').replace('/v1/ws', '');
    const alive = await fetch(`${base}/healthz`);
    expect([alive.status, await alive.json()]).toEqual([200, { status: 'ok' }]);
    expect((await fetch(`${base}/v1/ws`)).status).toBe(404);
    expect((await fetch(`${base}/`)).status).toBe(404);
  });

  it('answers the subprotocol to who offers it, and serves who offers none', async () => {
    const { kitchen } = await createStage();
    expect((await openRaw(kitchen.gateway.url)).socket.protocol).toBe('tandem.v1');
    const plain = new WebSocket(kitchen.gateway.url);
    const hello = await new Promise((resolve) => plain.once('message', (data) => resolve(String(data))));
    expect(hello).toContain('"method":"hello"');
    plain.terminate();
  });

  it('refuses who speaks something else', async () => {
    const { kitchen } = await createStage();
    expect(await refusal(new WebSocket(kitchen.gateway.url, ['mqtt', 'graphql-ws']))).toContain('400');
  });

  it('refuses pages of other origins before the upgrade', async () => {
    const { kitchen } = await createStage({ origins: ['https://home.example'] });
    const connect = (origin: string) => new WebSocket(kitchen.gateway.url, 'tandem.v1', { origin });
    expect(await refusal(connect('https://evil.example'))).toContain('403');
    expect(await refusal(connect('null'))).toContain('403');
    for (const origin of ['https://home.example', 'http://localhost:3000']) {
      const client = await openRaw(kitchen.gateway.url, { origin });
      expect(await client.call('authenticate', { token: await createToken(kitchen) })).toMatchObject({ version: 1 });
    }
  });

  it('refuses connections beyond its limit', async () => {
    const { kitchen } = await createStage({ limits: { clients: 1 } });
    const client = await openClient(kitchen);
    expect(await refusal(new WebSocket(kitchen.gateway.url, 'tandem.v1'))).toContain('503');
    await client.drop();
    await kitchen.log.lines('client gone').next();
    await openClient(kitchen);
  });

  it('sends everybody away when it closes, ends their apps, and does not listen any more', async () => {
    const stage = await createStage();
    const { kitchen, phone } = await connectedPair(stage);
    const stranger = await openRaw(stage.phone.gateway.url);
    await stage.phone.gateway.close();
    for (const client of [phone.client, stranger]) expect((await client.closed).code).toBe(4001);
    expect(await kitchen.client.notifications('event').next()).toMatchObject({ type: 'disconnect', reason: 1 });
    expect(stage.phone.broker.listSessions()).toEqual([]);
    await expect(openRaw(stage.phone.gateway.url)).rejects.toThrow('ECONNREFUSED');
    await stage.phone.gateway.close();
  });
});

describe('origins', () => {
  it.each([
    ['no browser', undefined, 'hub:80', true],
    ['this machine', 'http://localhost:3000', 'hub:80', true],
    ['this machine, by number', 'http://127.0.0.1', 'hub:80', true],
    ['this machine, by IPv6', 'https://[::1]:8443', 'hub:80', true],
    ['the gateway’s own host', 'http://hub', 'hub:80', true],
    ['the same host behind another port', 'http://hub:81', 'hub:80', false],
    ['another host', 'http://other', 'hub:80', false],
    ['a host that begins alike', 'http://localhost.evil.example', 'hub:80', false],
    ['a sandboxed page', 'null', 'hub:80', false],
    ['an extension', 'chrome-extension://abc', 'hub:80', false],
    ['one that is allowed', 'https://home.example', 'hub:80', true],
    ['one that is allowed, without TLS', 'http://home.example', 'hub:80', false],
    ['no host', 'http://hub', undefined, false],
  ])('of %s', (_, origin, host, isAllowed) => {
    expect(isOriginAllowed(origin, host, ['https://home.example'])).toBe(isAllowed);
  });
});

/** Why the upgrade failed. */
function refusal(socket: WebSocket): Promise<string> {
  return new Promise((resolve, reject) => {
    socket.on('error', ({ message }) => resolve(message));
    socket.on('open', () => reject(new Error('it connected')));
  });
}
