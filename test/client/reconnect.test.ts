import { describe, expect, it } from 'vitest';
import { SimulatedClock } from 'xstate';
import { CLOSE_CODES } from '../../src/protocol/close-codes.js';
import { APP_GRACE_MS } from '../../src/protocol/limits.js';
import { createFakeGateway } from './fake-gateway.js';
import { APP, connectSimulated, createHome, createInbox, openClient, openEchoSession, whenState } from './fixture.js';

describe('client, reconnect', () => {
  it('comes back after the gateway was started anew on the same port', async () => {
    const home = await createHome();
    const { client, clock } = await connectSimulated(home);
    await home.stopGateway();
    expect(await whenState(client, 'waiting')).toMatchObject({ error: { kind: 'connectionLost' }, retryInMs: 125 });
    await home.startGateway();
    clock.increment(125);
    await whenState(client, 'connected');
    expect(await client.getAvailableDeviceList()).toHaveLength(1);
  });

  it('waits longer after every failure', async () => {
    const home = await createHome();
    const { client, clock } = await connectSimulated(home);
    const pauses = createInbox<number>();
    client.onStateChange((state) => state.type === 'waiting' && pauses.put(state.retryInMs));
    await home.stopGateway();
    for (let failures = 1; failures < 4; failures += 1) {
      clock.increment((await pauses.take(failures)).at(-1) ?? 0);
    }
    expect(await pauses.take(4)).toEqual([125, 250, 500, 1_000]);
  });

  it('waits briefly again once a connection has lasted', async () => {
    const home = await createHome();
    const { client, clock, drop } = await connectSimulated(home);
    drop();
    clock.increment((await whenState(client, 'waiting')).retryInMs);
    await whenState(client, 'connected');
    clock.increment(20_000);
    drop();
    expect(await whenState(client, 'waiting')).toMatchObject({ retryInMs: 125 });
  });

  it('takes its seat again, with its sessions and what came meanwhile', async () => {
    const home = await createHome();
    const { client, clock, drop } = await connectSimulated(home);
    await client.registerApp(APP);
    const { sessionId, inbox } = await openEchoSession(client);
    const ends = createInbox<unknown>();
    await client.onDisconnect(sessionId, ends.put);
    await client.sendMessage(sessionId, 'before');
    await inbox.take(1);
    drop();
    const { retryInMs } = await whenState(client, 'waiting');
    const [peerSession] = home.phone.listSessions();
    expect(peerSession).toMatchObject({ state: 'connected' });
    clock.increment(retryInMs);
    await client.sendMessage(sessionId, 'after');
    expect(await inbox.take(2)).toEqual(['before', 'after']);
    expect(ends.items).toEqual([]);
  });

  it('tells listeners that their sessions are gone when the gateway was started anew', async () => {
    const home = await createHome();
    const { client, clock } = await connectSimulated(home);
    await client.registerApp(APP);
    const { sessionId } = await openEchoSession(client);
    const ends = createInbox<unknown>();
    await client.onDisconnect(sessionId, ends.put);
    await home.restartGateway();
    await whenState(client, 'waiting');
    clock.increment(125);
    expect(await ends.take(1)).toEqual([{ sessionId, reason: 2 }]);
    const { sessionId: next, inbox } = await openEchoSession(client);
    await client.sendMessage(next, 'a new one');
    expect(await inbox.take(1)).toEqual(['a new one']);
  });

  it('fails calls that wait for their answer, because nobody knows whether they were carried out', async () => {
    const gateway = await createFakeGateway(({ socket }) => socket.terminate());
    const client = openClient({ url: gateway.url, token: 't', clock: new SimulatedClock() });
    await expect(client.sendMessage(100, 'hello')).rejects.toMatchObject({ kind: 'connectionLost', isRetryable: true });
  });

  it('repeats calls that were under way, and fails them once the gateway may have forgotten the app', async () => {
    const home = await createHome();
    const { client, clock, drop } = await connectSimulated(home);
    await client.registerApp(APP);
    const { sessionId, inbox } = await openEchoSession(client);
    const repeated = client.sendMessage(sessionId, 'one');
    drop();
    clock.increment((await whenState(client, 'waiting')).retryInMs);
    await repeated;
    expect(await inbox.take(1)).toEqual(['one']);
    const failed = client.sendMessage(sessionId, 'two');
    drop();
    await whenState(client, 'waiting');
    clock.increment(APP_GRACE_MS);
    await expect(failed).rejects.toMatchObject({ kind: 'connectionLost' });
  });

  it('keeps calls made meanwhile until it is back', async () => {
    const home = await createHome();
    const { client, clock, drop } = await connectSimulated(home);
    drop();
    const { retryInMs } = await whenState(client, 'waiting');
    const devices = client.getAvailableDeviceList();
    clock.increment(retryInMs);
    expect(await devices).toHaveLength(1);
  });

  it('notices a gateway that fell silent', async () => {
    const gateway = await createFakeGateway();
    const clock = new SimulatedClock();
    const client = openClient({ url: gateway.url, token: 't', clock });
    await client.ready();
    clock.increment(1_000);
    expect(client.state.type).toBe('connected');
    clock.increment(1_000);
    expect(await whenState(client, 'waiting')).toMatchObject({ error: { kind: 'connectionLost' } });
    expect(gateway.connections).toBe(1);
  });

  it('stays with a gateway that answers its pings', async () => {
    const home = await createHome({ limits: { pingIntervalMs: 1_000 } });
    const { client, clock } = await connectSimulated(home);
    for (let interval = 0; interval < 5; interval += 1) {
      clock.increment(1_000);
      await client.call('ping', {});
    }
    expect(client.state.type).toBe('connected');
  });

  it('does not wait for ever for a gateway that says nothing', async () => {
    const gateway = await createFakeGateway(() => {}, undefined);
    const clock = new SimulatedClock();
    const client = openClient({ url: gateway.url, token: 't', clock, isReconnecting: false });
    const ready = client.ready();
    await gateway.connected;
    clock.increment(10_000);
    await expect(ready).rejects.toMatchObject({ kind: 'gatewayUnreachable' });
  });
});

describe('client, give up', () => {
  const codes = Object.entries(CLOSE_CODES).map(([kind, { code }]) => [code, kind] as const);

  it.each(codes)('on close code %i (%s) it does what the code asks', async (code) => {
    const gateway = await createFakeGateway(({ socket }) => socket.close(code, 'the reason'));
    const client = openClient({ url: gateway.url, token: 't', clock: new SimulatedClock() });
    await client.ready();
    client.call('ping', {}).catch(() => {});
    const isFinal = code >= 4_500;
    const state = await whenState(client, isFinal ? 'closed' : 'waiting');
    expect(state.error).toMatchObject({ kind: isFinal ? 'connectionRefused' : 'connectionLost' });
    expect(state.error.message).toContain(`Close code ${code}: the reason`);
  });

  it.each([1_002, 1_003, 1_007, 1_008, 1_009])(
    'stops after %i: the same frames would be refused again',
    async (code) => {
      const gateway = await createFakeGateway(({ socket }) => socket.close(code));
      const client = openClient({ url: gateway.url, token: 't', clock: new SimulatedClock() });
      await client.ready();
      client.call('ping', {}).catch(() => {});
      await whenState(client, 'closed');
    },
  );

  it('stops when the token is not known, and says so to every call', async () => {
    const home = await createHome();
    const client = openClient({ url: home.gateway.url, token: 'wrong' });
    await expect(client.ready()).rejects.toMatchObject({ kind: 'invalidToken' });
    expect(client.state).toMatchObject({ type: 'closed', error: { kind: 'invalidToken' } });
    await expect(client.listSessions()).rejects.toMatchObject({ kind: 'invalidToken' });
  });

  it('stops when its token is revoked', async () => {
    const home = await createHome();
    const client = await home.connect();
    await client.ready();
    for (const { tokenId } of home.tokens.list()) await home.tokens.revoke(tokenId);
    expect(await whenState(client, 'closed')).toMatchObject({ error: { kind: 'connectionRefused' } });
  });

  it('stops when the gateway speaks another version', async () => {
    const gateway = await createFakeGateway(() => {}, { protocol: { min: 2, max: 3 } });
    const client = openClient({ url: gateway.url, token: 't' });
    const { error } = await whenState(client, 'closed');
    expect(error.message).toContain('It speaks protocol 2 to 3, this client 1.');
  });

  it('stops when it hears what no gateway says', async () => {
    const gateway = await createFakeGateway(({ socket }) => socket.send('no JSON'));
    const client = openClient({ url: gateway.url, token: 't' });
    await expect(client.listSessions()).rejects.toMatchObject({ kind: 'connectionLost' });
    expect(await whenState(client, 'closed')).toMatchObject({ error: { kind: 'connectionRefused' } });
  });

  it('stops after the first failure when it is not to reconnect', async () => {
    const client = openClient({ url: 'ws://127.0.0.1:1', token: 't', isReconnecting: false });
    await expect(client.ready()).rejects.toMatchObject({ kind: 'gatewayUnreachable' });
    expect(client.state.type).toBe('closed');
  });
});

describe('client, close', () => {
  it('fails what waits, and everything afterwards', async () => {
    const home = await createHome();
    const { client, drop } = await connectSimulated(home);
    drop();
    await whenState(client, 'waiting');
    const call = client.listSessions();
    await client.close();
    await expect(call).rejects.toMatchObject({ kind: 'clientClosed' });
    await expect(client.listSessions()).rejects.toMatchObject({ kind: 'clientClosed' });
    expect(client.state).toMatchObject({ type: 'closed', error: { kind: 'clientClosed' } });
  });

  it('may come at once, before there is a connection', async () => {
    const home = await createHome();
    const client = await home.connect();
    await client.close();
    expect(client.state.type).toBe('closed');
  });

  it('does not wait for a gateway that says no goodbye', async () => {
    const gateway = await createFakeGateway(({ socket }) => socket.pause());
    const clock = new SimulatedClock();
    const client = openClient({ url: gateway.url, token: 't', clock });
    await client.ready();
    client.call('ping', {}).catch(() => {});
    const closing = client.close();
    await whenState(client, 'closed');
    clock.increment(2_000);
    await closing;
  });
});
