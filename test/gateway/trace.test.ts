import { describe, expect, it } from 'vitest';
import type { MethodResult } from '../../src/protocol/calls.js';
import { MAX_TRACE_SUBSCRIPTIONS } from '../../src/protocol/limits.js';
import { connectedPair, createSession, createStage, failureOf, openApp, openClient } from './fixture.js';
import type { Params, RawClient } from './raw-client.js';

type Trace = MethodResult<'traceSession'>;

function subscribe(client: RawClient, sessionId: number, since?: Params) {
  const params = { target: 'trace', sessionId, ...(since && { since }) };
  return client.call('subscribe', params) as Promise<MethodResult<'subscribe'>>; // the table says so
}

describe('traceSession', () => {
  it('answers with what happened to a session of the own bundle, also after it was destroyed', async () => {
    const { kitchen } = await createStage();
    const app = await openApp(kitchen);
    const sessionId = await createSession(app, 'phone');
    await app.call('connect', { sessionId });
    await app.call('destroyAbilityConnectionSession', { sessionId });
    const trace = (await app.call('traceSession', { sessionId })) as Trace; // the table says so
    expect(trace).toMatchObject({ sessionId, dropped: 0, session: { state: 'destroyed' } });
    expect(trace.diagnosis).toContain('is not registered with onCollaborate on');
  });

  it('knows no sessions of other bundles, unless with scope admin', async () => {
    const { kitchen } = await createStage();
    const sessionId = await createSession(await openApp(kitchen), 'phone');
    const other = await openClient(kitchen, { bundleName: 'com.example.other', scopes: ['read'] });
    const admin = await openClient(kitchen, { bundleName: 'com.example.other', scopes: ['read', 'admin'] });
    for (const call of ['traceSession', 'subscribe']) {
      const params = { sessionId, ...(call === 'subscribe' && { target: 'trace' }) };
      expect((await failureOf(other.call(call, params))).kind).toBe('sessionNotFound');
      expect((await failureOf(other.call(call, { ...params, sessionId: 4_711 }))).kind).toBe('sessionNotFound');
      await admin.call(call, params);
    }
    const driver = await openClient(kitchen, { scopes: ['drive'] });
    expect((await failureOf(driver.call('traceSession', { sessionId }))).kind).toBe('forbidden');
  });
});

describe('a subscription to a trace', () => {
  it('begins with all there is and goes on with every entry of that session', async () => {
    const { kitchen } = await createStage();
    const app = await openApp(kitchen);
    const sessionId = await createSession(app, 'phone');
    const other = await createSession(app, 'phone', 'other');
    const { epoch, offset, recovered, trace } = await subscribe(app, sessionId);
    expect({ offset, recovered, entries: trace?.entries.length }).toEqual({ offset: 1, recovered: false, entries: 1 });
    await app.call('connect', { sessionId: other });
    await app.call('destroyAbilityConnectionSession', { sessionId });
    const updates = app.notifications('update');
    expect([await updates.next(), await updates.next()]).toMatchObject([
      { subscription: 'trace', sessionId, epoch, offset: 2, entry: { offset: 2, lane: 'client' } },
      { offset: 3, entry: { offset: 3, edge: 'created|destroy|0', to: 'destroyed' } },
    ]);
    await app.call('ping');
    expect(updates.all).toHaveLength(2);
  });

  it('gives who comes back the whole gap, or the whole trace', async () => {
    const stage = await createStage();
    const { kitchen } = await connectedPair(stage);
    const { sessionId, client } = kitchen;
    const whole = await subscribe(client, sessionId);
    const since = { epoch: whole.epoch, offset: 3 };
    const gap = await subscribe(client, sessionId, since);
    expect(gap).toMatchObject({ recovered: true, offset: whole.offset });
    expect(gap.trace?.entries).toEqual(whole.trace?.entries.slice(3));
    for (const unknown of [
      { ...since, epoch: 'another' },
      { ...since, offset: 4_711 },
    ]) {
      expect(await subscribe(client, sessionId, unknown)).toMatchObject({ recovered: false, trace: whole.trace });
    }
  });

  it('ends when it is asked to, and lets go of the broker', async () => {
    const { kitchen } = await createStage();
    const app = await openApp(kitchen);
    const sessionId = await createSession(app, 'phone');
    await subscribe(app, sessionId);
    await app.call('unsubscribe', { subscription: 'trace', sessionId });
    await app.call('destroyAbilityConnectionSession', { sessionId });
    expect(app.notifications('update').all).toEqual([]);
  });

  it('is one of a bounded number on a connection', async () => {
    const { kitchen } = await createStage();
    const app = await openApp(kitchen);
    const ids: number[] = [];
    for (let count = 0; count <= MAX_TRACE_SUBSCRIPTIONS; count += 1)
      ids.push(await createSession(app, 'phone', `${count}`));
    for (const sessionId of ids.slice(1)) await subscribe(app, sessionId);
    const [first = 0, second = 0] = ids;
    expect((await failureOf(subscribe(app, first))).kind).toBe('invalidRequest');
    await subscribe(app, second);
    await app.call('unsubscribe', { subscription: 'trace', sessionId: second });
    await subscribe(app, first);
  });

  it('is of a session, and other subscriptions are not', async () => {
    const { kitchen } = await createStage();
    const client = await openClient(kitchen);
    expect((await failureOf(client.call('subscribe', { target: 'trace' }))).kind).toBe('invalidParams');
    expect((await failureOf(client.call('subscribe', { target: 'devices', sessionId: 100 }))).kind).toBe(
      'invalidParams',
    );
    expect((await failureOf(client.call('unsubscribe', { subscription: 'trace' }))).kind).toBe('invalidParams');
  });
});
