import { describe, expect, it } from 'vitest';
import { APP, createSession, createStage, openApp, tokenOf } from './fixture.js';
import { connectedOverHttp, openHttp, sessionBody } from './http-client.js';

describe('sessions over HTTP', () => {
  it('are made once and told once by requests that are repeated with their key', async () => {
    const { kitchen, phone, sessionId } = await connectedOverHttp();
    const ask = (msg: string, key: string) =>
      kitchen.ask('sendMessage', { sessionId }, { msg }, { 'idempotency-key': key });
    expect((await ask('once', 'key-1')).status).toBe(204);
    expect((await ask('once', 'key-1')).status).toBe(204);
    expect((await ask('other words', 'key-1')).body).toMatchObject({ kind: 'idempotencyKeyReused' });
    expect((await ask('once', 'a key')).body).toMatchObject({ kind: 'invalidParams' });
    expect((await ask('twice', 'key-2')).status).toBe(204);
    const told = phone.notifications('event');
    expect([await told.next(), await told.next()]).toMatchObject([{ msg: 'once' }, { msg: 'twice' }]);

    const create = () =>
      kitchen.ask('createSession', {}, sessionBody({ serviceName: 'other' }), { 'idempotency-key': 'c' });
    expect((await create()).body).toEqual((await create()).body);
    expect(await kitchen.call('listSessions')).toHaveLength(2);
  });

  it('are ended once by requests that are repeated with their key', async () => {
    const { kitchen, sessionId } = await connectedOverHttp();
    const end = (key: string) => kitchen.ask('destroySession', { sessionId }, undefined, { 'idempotency-key': key });
    const send = (msg: string) => kitchen.ask('sendMessage', { sessionId }, { msg }, { 'idempotency-key': 's' });
    expect((await send('hi')).status).toBe(204);
    expect((await end('d')).status).toBe(204);
    expect((await end('d')).status).toBe(204);
    expect((await send('hi')).status).toBe(204);
    expect((await send('ho')).body).toMatchObject({ kind: 'idempotencyKeyReused' });
    expect((await end('s')).body).toMatchObject({ kind: 'idempotencyKeyReused' });
    expect((await end('another')).body).toMatchObject({ kind: 'sessionNotFound' });
    expect((await kitchen.ask('destroySession', { sessionId })).body).toMatchObject({ kind: 'sessionNotFound' });
    const other = await kitchen.ask('destroySession', { sessionId: 7 }, undefined, { 'idempotency-key': 'd' });
    expect(other.body).toMatchObject({ kind: 'idempotencyKeyReused' });
  });

  it('are refused once by requests that are repeated with their key', async () => {
    const stage = await createStage();
    const phone = await openHttp(stage.phone);
    await phone.call('putApp', { ...APP, abilityName: 'First' });
    await phone.call('putApp', APP, { onCollaborate: true });
    const { events } = await phone.stream('?app=entry/EntryAbility&targets=');
    await events.next();
    const kitchen = await openApp(stage.kitchen);
    const sessionId = await createSession(kitchen, 'phone');
    const connecting = kitchen.call('connect', { sessionId });
    const token = tokenOf((await events.next()).data);
    const refuse = (reason: string, key = 'r') =>
      phone.ask('reject', { token }, { reason }, { 'idempotency-key': key });
    expect((await refuse('busy')).status).toBe(204);
    expect(await connecting).toMatchObject({ isConnected: false, reason: 'busy' });
    expect((await refuse('busy')).status).toBe(204);
    expect((await refuse('other words')).body).toMatchObject({ kind: 'idempotencyKeyReused' });
    expect((await refuse('busy', 'another')).body).toMatchObject({ kind: 'tokenNotFound' });
  });

  it('tell their trace', async () => {
    const { kitchen, sessionId } = await connectedOverHttp();
    const { entries } = await kitchen.call('traceSession', { sessionId });
    expect(entries).toContainEqual(expect.objectContaining({ machine: 'session', to: 'connected' }));
    expect((await kitchen.ask('traceSession', { sessionId: 7 })).body).toMatchObject({ kind: 'sessionNotFound' });
  });
});
