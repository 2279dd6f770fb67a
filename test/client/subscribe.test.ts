import { describe, expect, it } from 'vitest';
import type { DevicesUpdate, NearbyUpdate, SessionsUpdate, TraceUpdate } from '../../src/client/interface.js';
import { APP, connectSimulated, createHome, createInbox, openEchoSession, whenState } from './fixture.js';

describe('client, subscribe', () => {
  it('begins with a snapshot and goes on with every change of a session', async () => {
    const client = await (await createHome()).connect();
    await client.registerApp(APP);
    const first = await openEchoSession(client);
    const inbox = createInbox<SessionsUpdate>();
    await client.subscribe('sessions', inbox.put);
    await client.disconnect(first.sessionId);
    await client.destroyAbilityConnectionSession(first.sessionId);
    expect(await inbox.take(3)).toMatchObject([
      { type: 'snapshot', sessions: [{ sessionId: first.sessionId, state: 'connected' }] },
      { type: 'change', session: { sessionId: first.sessionId, state: 'disconnected' } },
      { type: 'change', session: { sessionId: first.sessionId, state: 'destroyed' } },
    ]);
  });

  it('gives a later subscriber what is known by then, and stops each alone', async () => {
    const home = await createHome();
    const client = await home.connect();
    await client.registerApp(APP);
    const [first, second] = [createInbox<SessionsUpdate>(), createInbox<SessionsUpdate>()];
    const stop = await client.subscribe('sessions', first.put);
    const { sessionId } = await openEchoSession(client);
    await first.take(4);
    await client.subscribe('sessions', second.put);
    expect(second.items).toMatchObject([{ type: 'snapshot', sessions: [{ sessionId, state: 'connected' }] }]);
    await stop();
    await client.disconnect(sessionId);
    await second.take(2);
    expect(first.items).toHaveLength(4);
  });

  it('can be taken up again after the last subscriber stopped', async () => {
    const client = await (await createHome()).connect();
    const [first, second] = [createInbox<DevicesUpdate>(), createInbox<DevicesUpdate>()];
    await (await client.subscribe('devices', first.put))();
    await client.subscribe('devices', second.put);
    expect(second.items).toEqual(first.items);
  });

  it('tells of devices that come and go', async () => {
    const home = await createHome();
    const client = await home.connect();
    const inbox = createInbox<DevicesUpdate>();
    await client.subscribe('devices', inbox.put);
    await home.phone.close();
    expect((await inbox.take(2)).map(({ devices }) => devices.map(({ deviceId }) => deviceId))).toEqual([
      ['phone'],
      [],
    ]);
  });

  it('tells of the devices nearby, with what is known of each', async () => {
    const home = await createHome();
    const client = await home.connect();
    const inbox = createInbox<NearbyUpdate>();
    await client.subscribe('nearby', inbox.put);
    expect(inbox.items).toMatchObject([{ type: 'snapshot', devices: [{ deviceId: 'phone', isOurs: true }] }]);
    await home.phone.close();
    expect((await inbox.take(2))[1]).toMatchObject({ type: 'snapshot', devices: [] });
  });

  it('misses nothing that happened while the connection was lost', async () => {
    const home = await createHome();
    const { client, clock, drop } = await connectSimulated(home);
    const driver = await home.connect();
    await driver.registerApp(APP);
    const inbox = createInbox<SessionsUpdate>();
    await client.subscribe('sessions', inbox.put);
    drop();
    await whenState(client, 'waiting');
    const { sessionId } = await openEchoSession(driver);
    clock.increment(1_000);
    const updates = await inbox.take(4);
    expect(updates).toMatchObject([
      { type: 'snapshot', sessions: [] },
      { type: 'change', session: { sessionId, state: 'created' } },
      { type: 'change', session: { sessionId, state: 'connecting' } },
      { type: 'change', session: { sessionId, state: 'connected' } },
    ]);
  });

  it('begins anew with a snapshot when the gateway was started anew', async () => {
    const home = await createHome();
    const { client, clock } = await connectSimulated(home);
    const inbox = createInbox<DevicesUpdate>();
    await client.subscribe('devices', inbox.put);
    await home.restartGateway();
    await whenState(client, 'waiting');
    clock.increment(1_000);
    expect(await inbox.take(2)).toMatchObject([
      { devices: [{ deviceId: 'phone' }] },
      { devices: [{ deviceId: 'phone' }] },
    ]);
  });

  it('is refused to a token that may not read', async () => {
    const home = await createHome();
    const client = await home.connect({ token: await home.createToken({ scopes: ['drive'] }) });
    await expect(client.subscribe('sessions', () => {})).rejects.toMatchObject({ kind: 'forbidden' });
  });
});

describe('client, subscribeTrace', () => {
  it('begins with all that happened and goes on with every entry, for each session on its own', async () => {
    const client = await (await createHome()).connect();
    await client.registerApp(APP);
    const { sessionId } = await openEchoSession(client);
    const [first, second] = [createInbox<TraceUpdate>(), createInbox<TraceUpdate>()];
    const stop = await client.subscribeTrace(sessionId, first.put);
    const whole = await client.traceSession(sessionId);
    expect(first.items).toEqual([{ type: 'snapshot', trace: whole }]);
    await client.disconnect(sessionId);
    const names = (await first.take(4)).flatMap((update) => (update.type === 'change' ? [update.entry.name] : []));
    expect(names).toEqual(['disconnect', 'disconnect', 'close']);

    await client.subscribeTrace(sessionId, second.put);
    expect(second.items).toMatchObject([{ type: 'snapshot', trace: { offset: whole.offset + 3 } }]);
    await stop();
    await client.destroyAbilityConnectionSession(sessionId);
    await second.take(3);
    expect(first.items).toHaveLength(4);
  });

  it('misses nothing that happened while the connection was lost', async () => {
    const home = await createHome();
    const { client, clock, drop } = await connectSimulated(home);
    const driver = await home.connect();
    await driver.registerApp(APP);
    const { sessionId } = await openEchoSession(driver);
    const inbox = createInbox<TraceUpdate>();
    await client.subscribeTrace(sessionId, inbox.put);
    drop();
    await whenState(client, 'waiting');
    await driver.destroyAbilityConnectionSession(sessionId);
    clock.increment(1_000);
    expect((await inbox.take(4)).slice(1)).toMatchObject([
      { type: 'change', entry: { name: 'destroyAbilityConnectionSession' } },
      { type: 'change', entry: { name: 'destroy', to: 'destroyed' } },
      { type: 'change', entry: { name: 'close' } },
    ]);
  });

  it('fails for a session that there is not, and disturbs nothing else', async () => {
    const client = await (await createHome()).connect();
    await expect(client.subscribeTrace(4_711, () => {})).rejects.toMatchObject({ kind: 'sessionNotFound' });
    expect(await client.listSessions()).toEqual([]);
  });
});
