import { describe, expect, it } from 'vitest';
import { connectedOverHttp, sessionBody } from './http-client.js';

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

  it('tell their trace', async () => {
    const { kitchen, sessionId } = await connectedOverHttp();
    const { entries } = await kitchen.call('traceSession', { sessionId });
    expect(entries).toContainEqual(expect.objectContaining({ machine: 'session', to: 'connected' }));
    expect((await kitchen.ask('traceSession', { sessionId: 7 })).body).toMatchObject({ kind: 'sessionNotFound' });
  });
});
