import { describe, expect, it } from 'vitest';
import { DEFAULT_LEASE_MS, MAX_LEASE_MS, MAX_LEASED_APPS } from '../../src/protocol/http-limits.js';
import { APP, createStage, openClient, tokenOf } from './fixture.js';
import { connectedOverHttp, openHttp, sessionBody } from './http-client.js';

describe('sessions over HTTP', () => {
  it('connect, carry texts and data both ways, and end', async () => {
    const { kitchen, phone, sessionId, peerSessionId } = await connectedOverHttp();
    const { events } = await kitchen.stream('?app=entry/EntryAbility&targets=');
    expect(await events.next()).toMatchObject({ event: 'snapshot', data: { subscription: 'app', recovered: false } });

    await kitchen.call('sendMessage', { sessionId }, { msg: 'hi' });
    expect(await phone.notifications('event').next()).toMatchObject({ type: 'receiveMessage', msg: 'hi' });
    await kitchen.call('sendData', { sessionId }, Uint8Array.of(1, 2, 3));
    expect((await phone.binaries.next()).subarray(13)).toEqual(Buffer.of(1, 2, 3));

    await phone.call('sendMessage', { sessionId: peerSessionId, msg: 'ho' });
    expect((await events.next()).data).toMatchObject({ offset: 1, type: 'receiveMessage', sessionId, msg: 'ho' });
    await phone.call('sendData', { sessionId: peerSessionId, data: 'AQID' });
    expect((await events.next()).data).toEqual({ offset: 2, type: 'receiveData', sessionId, data: 'AQID' });

    expect(await kitchen.call('getSession', { sessionId })).toMatchObject({ state: 'connected', role: 'initiator' });
    expect((await kitchen.ask('disconnect', { sessionId })).status).toBe(204);
    expect(await phone.notifications('event').next()).toMatchObject({ type: 'disconnect' });
    expect((await kitchen.ask('destroySession', { sessionId })).status).toBe(204);
    expect(await kitchen.call('listSessions')).toEqual([]);
  });

  it('are accepted and refused over HTTP, too', async () => {
    const stage = await createStage();
    const phone = await openHttp(stage.phone);
    await phone.call('putApp', APP, { onCollaborate: true });
    const { events } = await phone.stream('?app=entry/EntryAbility&targets=');
    await events.next();
    const kitchen = await openHttp(stage.kitchen);
    await kitchen.call('putApp', APP);

    const { sessionId } = await kitchen.call('createSession', {}, sessionBody());
    const connecting = kitchen.call('connect', { sessionId });
    const asked = await events.next();
    expect(asked.event).toBe('collaborate');
    const peer = { deviceId: 'kitchen', bundleName: 'com.example.remotephotodemo', ...APP };
    const { sessionId: taken } = await phone.call('createSession', {}, sessionBody({ peerInfo: peer }));
    expect((await phone.ask('accept', { sessionId: taken }, { token: tokenOf(asked.data) })).status).toBe(204);
    expect(await connecting).toEqual({ isConnected: true, reason: '' });

    const { sessionId: second } = await kitchen.call('createSession', {}, sessionBody({ serviceName: 'other' }));
    const refused = kitchen.call('connect', { sessionId: second });
    let next = await events.next();
    while (next.event !== 'collaborate') next = await events.next();
    await phone.call('reject', { token: tokenOf(next.data) }, { reason: 'busy' });
    expect(await refused).toEqual({ isConnected: false, errorCode: 1, reason: 'busy' });
    expect((await phone.ask('reject', { token: 'x' }, { reason: '' })).body).toMatchObject({ kind: 'tokenNotFound' });
  });

  it('show devices to those who may read', async () => {
    const { kitchen } = await createStage();
    const client = await openHttp(kitchen, { scopes: ['read'] });
    expect(await client.call('listDevices')).toEqual([{ networkId: 'phone', deviceId: 'phone', deviceName: 'Phone' }]);
    expect(await client.call('listNearby')).toMatchObject([{ deviceId: 'phone', isOurs: true }]);
    expect((await client.ask('putApp', APP)).body).toMatchObject({ kind: 'forbidden' });
  });

  it('show only what the token may see, and are driven only by the token that made them', async () => {
    const { stage, sessionId } = await connectedOverHttp();
    const sibling = await openHttp(stage.kitchen);
    expect(await sibling.call('getSession', { sessionId })).toMatchObject({ sessionId });
    expect((await sibling.ask('sendMessage', { sessionId }, { msg: 'x' })).body).toMatchObject({
      kind: 'sessionNotFound',
    });
    expect((await sibling.ask('putApp', APP)).body).toMatchObject({ kind: 'appInUse', isRetryable: true });
    const other = await openHttp(stage.kitchen, { bundleName: 'org.example.other' });
    expect((await other.ask('getSession', { sessionId })).status).toBe(404);
    const admin = await openHttp(stage.kitchen, { bundleName: 'org.example.other', scopes: ['read', 'admin'] });
    expect(await admin.call('getSession', { sessionId })).toMatchObject({ sessionId });
  });

  it.each([
    ['a number that is none', 'connect', { sessionId: '1e3' }, undefined, 400, 'invalidParams'],
    ['a session that does not exist', 'connect', { sessionId: 999 }, undefined, 404, 'sessionNotFound'],
    ['a body with an unknown field', 'sendMessage', { sessionId: 100 }, { msg: '', more: 1 }, 400, 'invalidParams'],
    ['a body that is no object', 'putApp', APP, [], 400, 'invalidParams'],
    ['a lease that is too long', 'putApp', APP, { leaseMs: MAX_LEASE_MS + 1 }, 400, 'invalidParams'],
    ['an app that it does not have', 'deleteApp', APP, undefined, 404, 'appNotRegistered'],
    ['a session without an app', 'createSession', {}, sessionBody(), 404, 'appNotRegistered'],
    ['data as JSON', 'sendData', { sessionId: 100 }, {}, 400, 'invalidParams'],
  ] as const)('refuse %s', async (_, route, path, body, status, kind) => {
    const { kitchen } = await createStage();
    const answer = await (await openHttp(kitchen)).ask(route, path, body);
    expect([answer.status, answer.body]).toEqual([status, expect.objectContaining({ kind })]);
  });

  it('refuse a text that is too long as the module does, and lose nothing', async () => {
    const { kitchen, phone, sessionId } = await connectedOverHttp();
    const answer = await kitchen.ask('sendMessage', { sessionId }, { msg: 'x'.repeat(1_025) });
    expect([answer.status, answer.body]).toEqual([
      400,
      expect.objectContaining({ kind: 'invalidParameter', code: 401 }),
    ]);
    await kitchen.call('sendMessage', { sessionId }, { msg: 'next' });
    expect(await phone.notifications('event').next()).toMatchObject({ msg: 'next' });
  });

  it('refuse bodies that are too large, and data beyond what may be under way, before they are read', async () => {
    const { kitchen } = await createStage({ limits: { textFrameBytes: 1_000, callBytesInFlight: 5_000 } });
    const client = await openHttp(kitchen);
    const long = await client.ask('sendMessage', { sessionId: 100 }, { msg: 'x'.repeat(1_000) });
    expect([long.status, long.body]).toEqual([413, expect.objectContaining({ kind: 'bodyTooLarge' })]);
    const much = await client.ask('sendData', { sessionId: 100 }, new Uint8Array(5_001));
    expect([much.status, much.body]).toEqual([429, expect.objectContaining({ kind: 'tooManyInFlight' })]);
    const little = await client.ask('sendData', { sessionId: 100 }, new Uint8Array(5_000));
    expect(little.status).toBe(404);
  });
});

describe('an app over HTTP', () => {
  it('lasts for its lease after its last request, then its peers see it go', async () => {
    const { stage, kitchen, phone, sessionId } = await connectedOverHttp();
    stage.clock.increment(DEFAULT_LEASE_MS - 1);
    await kitchen.call('sendMessage', { sessionId }, { msg: 'still here' });
    expect(await phone.notifications('event').next()).toMatchObject({ type: 'receiveMessage' });
    stage.clock.increment(DEFAULT_LEASE_MS - 1);
    expect(await kitchen.call('getSession', { sessionId })).toMatchObject({ state: 'connected' });
    stage.clock.increment(1);
    expect(await phone.notifications('event').next()).toMatchObject({ type: 'disconnect', reason: 1 });
    expect((await kitchen.ask('connect', { sessionId })).body).toMatchObject({ kind: 'sessionNotFound' });
  });

  it('asks for a lease of its own, and PUT renews it', async () => {
    const { clock, kitchen } = await createStage();
    const client = await openHttp(kitchen);
    const first = await client.call('putApp', APP, { leaseMs: 5_000 });
    expect(first).toMatchObject({ leaseMs: 5_000, offset: 0, sessions: [] });
    clock.increment(4_999);
    expect(await client.call('putApp', APP)).toEqual(first);
    clock.increment(4_999);
    expect((await client.ask('deleteApp', APP)).status).toBe(204);
    expect((await client.ask('deleteApp', APP)).status).toBe(404);
  });

  it('lasts as long as its event stream is open', async () => {
    const { clock, kitchen } = await createStage();
    const client = await openHttp(kitchen);
    await client.call('putApp', APP, { leaseMs: 1_000 });
    const { events } = await client.stream('?app=entry/EntryAbility&targets=');
    await events.next();
    clock.increment(10_000);
    expect((await client.ask('deleteApp', APP)).status).toBe(204);
  });

  it('is the token’s alone: neither a connection nor another token may take it until it has ended', async () => {
    const { kitchen } = await createStage();
    const client = await openHttp(kitchen);
    const { epoch } = await client.call('putApp', APP);
    const raw = await openClient(kitchen);
    const resume = { epoch, offset: 0 };
    await expect(raw.call('registerApp', { ...APP, resume })).rejects.toThrow(
      'Another client has registered this app.',
    );
    await client.call('deleteApp', APP);
    expect(await raw.call('registerApp', { ...APP, resume })).toMatchObject({ resumed: false });
    expect((await client.ask('putApp', APP)).body).toMatchObject({ kind: 'appInUse' });
  });

  it('is one of a bounded number, and must be named where there are several', async () => {
    const { kitchen } = await createStage();
    const client = await openHttp(kitchen);
    for (let index = 0; index < MAX_LEASED_APPS; index += 1) {
      await client.call('putApp', { ...APP, abilityName: `a${index}` });
    }
    expect((await client.ask('putApp', APP)).body).toMatchObject({ kind: 'tooManyAtOnce' });
    expect((await client.ask('createSession', {}, sessionBody())).body).toMatchObject({ kind: 'invalidParams' });
    const app = { moduleName: 'entry', abilityName: 'a3' };
    expect(await client.call('createSession', {}, sessionBody({ app }))).toEqual({ sessionId: 100 });
    const second = await openHttp(kitchen);
    expect((await second.ask('putApp', APP)).status).toBe(200);
  });

  it('that begins to take requests is another app', async () => {
    const { kitchen } = await createStage();
    const client = await openHttp(kitchen);
    const { epoch } = await client.call('putApp', APP);
    expect((await client.call('putApp', APP, { onCollaborate: true }))['epoch']).not.toBe(epoch);
  });

  it('ends with its token', async () => {
    const { stage, kitchen, phone } = await connectedOverHttp();
    const stream = await kitchen.stream();
    const [{ tokenId = '' } = {}] = stage.kitchen.tokens.list();
    await stage.kitchen.tokens.revoke(tokenId);
    expect(await phone.notifications('event').next()).toMatchObject({ type: 'disconnect', reason: 1 });
    await stream.ended;
    expect(stream.events.all.at(-1)).toMatchObject({ event: 'close', data: { code: 4501 } });
  });
});

describe('web pages', () => {
  it('of allowed origins may ask with a token, others may not', async () => {
    const { kitchen } = await createStage({ origins: ['https://home.example'] });
    const url = kitchen.gateway.url.replace('ws:', 'http:').replace('/v1/ws', '/v1/devices');
    const preflight = (origin: string) =>
      fetch(url, {
        method: 'OPTIONS',
        headers: { origin, 'access-control-request-method': 'GET', 'access-control-request-headers': 'authorization' },
      });
    const allowed = await preflight('https://home.example');
    expect([allowed.status, allowed.headers.get('access-control-allow-origin')]).toEqual([204, 'https://home.example']);
    expect(allowed.headers.get('access-control-allow-headers')).toContain('authorization');
    const refused = await preflight('https://evil.example');
    expect([refused.status, refused.headers.get('access-control-allow-origin')]).toEqual([403, null]);
  });
});
