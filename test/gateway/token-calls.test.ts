import { describe, expect, it } from 'vitest';
import { createTokenStore } from '../../src/broker/tokens.js';
import { PING_PARTS } from '../../src/gateway/connection.js';
import { createGateway } from '../../src/gateway/gateway.js';
import { REQUIRED_PERMISSIONS } from '../../src/protocol/codes.js';
import { MAX_TOKENS, PING_INTERVAL_MS, TOKEN_USE_STEP_MS } from '../../src/protocol/limits.js';
import { BUNDLE, createStage, createToken, failureOf, openApp, openClient } from './fixture.js';
import { openRaw, type Params } from './raw-client.js';

const LIGHT = { name: 'light', bundleName: 'com.example.light', scopes: ['read', 'drive'] };
const ADMIN = { name: 'owner', scopes: ['admin'] as const };

describe('access tokens over the gateway', () => {
  it('are made with what they may do, and work at once', async () => {
    const { kitchen } = await createStage();
    const owner = await openClient(kitchen, ADMIN);
    const { token } = (await owner.call('createToken', LIGHT)) as { token: string }; // the table says so
    const light = await openRaw(kitchen.gateway.url);
    expect(await light.call('authenticate', { token })).toMatchObject({ ...LIGHT, isSystemApp: false });
    expect(await owner.call('listTokens')).toContainEqual(
      expect.objectContaining({ ...LIGHT, permissions: REQUIRED_PERMISSIONS, lastUsedAt: expect.any(Number) }),
    );
  });

  it.each(['createToken', 'listTokens', 'revokeToken'])(
    'are no business of clients without the scope admin: %s',
    async (method) => {
      const { kitchen } = await createStage();
      const client = await openClient(kitchen);
      const params: Params = method === 'createToken' ? LIGHT : method === 'listTokens' ? {} : { tokenId: 'x' };
      expect(await failureOf(client.call(method, params))).toMatchObject({ kind: 'forbidden' });
      expect(kitchen.tokens.list()).toHaveLength(1);
    },
  );

  it('never show their text or hash again', async () => {
    const { kitchen } = await createStage();
    const owner = await openClient(kitchen, ADMIN);
    const { token } = (await owner.call('createToken', LIGHT)) as { token: string }; // the table says so
    const listed = JSON.stringify(await owner.call('listTokens'));
    expect(listed).not.toContain(token);
    expect(listed).not.toContain('hash');
  });

  it('end their connections and apps when they are revoked', async () => {
    const { kitchen } = await createStage();
    const owner = await openClient(kitchen, ADMIN);
    const app = await openApp(kitchen, {}, { name: 'app' });
    const { tokenId } = kitchen.tokens.list().find(({ name }) => name === 'app') ?? {};
    expect(await owner.call('revokeToken', { tokenId })).toBeNull();
    expect((await app.closed).code).toBe(4501);
    await openApp(kitchen, {}, { name: 'another' });
  });

  it('do not revoke themselves, so one with scope admin remains', async () => {
    const { kitchen } = await createStage();
    const owner = await openClient(kitchen, ADMIN);
    const [{ tokenId } = { tokenId: '' }] = kitchen.tokens.list();
    expect(await failureOf(owner.call('revokeToken', { tokenId }))).toMatchObject({ kind: 'forbidden' });
    expect(await failureOf(owner.call('revokeToken', { tokenId: 'none' }))).toMatchObject({ kind: 'invalidParameter' });
    expect(await owner.call('ping')).toBeNull();
  });

  it('that expire make none that outlives them', async () => {
    const { kitchen } = await createStage();
    const expiresAt = Date.now() + 1_000_000;
    const owner = await openClient(kitchen, { ...ADMIN, expiresAt });
    for (const lifetimeMs of [undefined, 9_000_000]) await owner.call('createToken', { ...LIGHT, lifetimeMs });
    expect(kitchen.tokens.list().map((token) => token.expiresAt)).toEqual([expiresAt, expiresAt, expiresAt]);
  });

  it('are refused beyond their number', async () => {
    const { kitchen } = await createStage();
    const owner = await openClient(kitchen, ADMIN);
    for (let count = 1; count < MAX_TOKENS; count += 1) await createToken(kitchen);
    expect(await failureOf(owner.call('createToken', LIGHT))).toEqual({ code: -32_021, kind: 'tooManyAtOnce' });
  });
});

describe('an access token with an end', () => {
  it('is worth nothing afterwards, and its connection ends with the next ping', async () => {
    const { kitchen, clock } = await createStage();
    let now = 0;
    const tokens = await createTokenStore(undefined, { now: () => now });
    const gateway = await createGateway({ broker: kitchen.broker, tokens, timers: clock });
    const grant = { name: 'guest', bundleName: BUNDLE, permissions: [], isSystemApp: false, scopes: ['read'] as const };
    const { token } = await tokens.create(grant, 1_000);
    const guest = await openRaw(gateway.url);
    await guest.call('authenticate', { token });
    const pingAll = (): void => {
      for (let part = 0; part < PING_PARTS; part += 1) clock.increment(PING_INTERVAL_MS / PING_PARTS);
    };
    now = 999;
    pingAll();
    expect(await guest.call('ping')).toBeNull();
    now = 1_000;
    pingAll();
    expect((await guest.closed).code).toBe(4501);
    expect(tokens.verify(token)).toBeUndefined();
    await gateway.close();
  });

  it('is said to be used to the hour, and saved once an hour', async () => {
    let now = 10 * TOKEN_USE_STEP_MS + 5;
    const saves: number[] = [];
    const storage = { load: async () => [], save: async () => void saves.push(saves.length) };
    const tokens = await createTokenStore(storage, { now: () => now });
    const grant = { name: 'x', bundleName: BUNDLE, permissions: [], isSystemApp: false, scopes: ['read'] as const };
    const { token } = await tokens.create(grant);
    for (let use = 0; use < 5; use += 1) tokens.verify(token);
    await tokens.settle();
    expect([saves.length, tokens.list()[0]?.lastUsedAt]).toEqual([2, 10 * TOKEN_USE_STEP_MS]);
    now += TOKEN_USE_STEP_MS;
    tokens.verify(token);
    await tokens.settle();
    expect([saves.length, tokens.list()[0]?.lastUsedAt]).toEqual([3, 11 * TOKEN_USE_STEP_MS]);
  });
});
