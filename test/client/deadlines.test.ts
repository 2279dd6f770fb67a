import { describe, expect, it } from 'vitest';
import { SimulatedClock } from 'xstate';
import { createClient } from '../../src/client/client.js';
import type { ClientOptions } from '../../src/client/interface.js';
import { formatResult } from '../../src/protocol/rpc.js';
import { createFakeGateway, type FakeCall } from './fake-gateway.js';
import { APP, connectSimulated, createHome, openClient, openEchoSession, whenState } from './fixture.js';

/** Nothing listens there. */
const NOWHERE = 'ws://user:secret@127.0.0.1:1/v1/ws';
const TEN_MINUTES = 600_000;

describe('client, connectTimeoutMs', () => {
  it('ends a client that found no gateway, with a sentence', async () => {
    const clock = new SimulatedClock();
    const client = openClient({ url: NOWHERE, token: 't', clock });
    const calls = [client.ready(), client.registerApp(APP), client.listSessions()];
    await whenState(client, 'waiting');
    clock.increment(10_000);
    for (const call of calls) {
      await expect(call).rejects.toMatchObject({
        kind: 'gatewayUnreachable',
        message: expect.stringMatching(
          /^The gateway cannot be reached\. There was no connection to ws:\/\/127\.0\.0\.1:1\/v1\/ws within 10 s\. Close code 1006(: .*(ECONNREFUSED|network error)|\.)/,
        ),
      });
    }
    expect(client.state).toMatchObject({ type: 'closed', error: { kind: 'gatewayUnreachable' } });
  });

  it('ends one whose gateway never says anything', async () => {
    const gateway = await createFakeGateway(() => {}, undefined);
    const clock = new SimulatedClock();
    const client = openClient({ url: gateway.url, token: 't', clock, connectTimeoutMs: 2_000 });
    await gateway.connected;
    clock.increment(2_000);
    await expect(client.ready()).rejects.toThrow('within 2 s. It does not answer.');
  });

  it('may be for ever', async () => {
    const clock = new SimulatedClock();
    const client = openClient({ url: NOWHERE, token: 't', clock, connectTimeoutMs: Number.POSITIVE_INFINITY });
    const ready = client.ready();
    const registering = client.registerApp(APP);
    await whenState(client, 'waiting');
    clock.increment(TEN_MINUTES);
    await expect(registering).rejects.toMatchObject({ kind: 'gatewayUnreachable' });
    expect(client.state.type).not.toBe('closed');
    await client.close();
    await expect(ready).rejects.toMatchObject({ kind: 'clientClosed' });
  });

  it('is for the first connection: one that was lost is waited for', async () => {
    const home = await createHome();
    const { client, clock } = await connectSimulated(home);
    await home.stopGateway();
    clock.increment(TEN_MINUTES);
    await whenState(client, 'waiting');
    clock.increment(TEN_MINUTES);
    expect(client.state.type).not.toBe('closed');
  });

  // The last as from JavaScript.
  it.each<unknown>([0, -1, Number.NaN, '5'])('is refused when it is no time: %j', (time) => {
    const make = (options: Partial<ClientOptions>) => createClient({ url: NOWHERE, token: 't', ...options });
    for (const name of ['connectTimeoutMs', 'callTimeoutMs']) {
      expect(() => make({ [name]: time })).toThrow(`${name} must be above 0`);
    }
    expect(() => make({ token: undefined as unknown as string })).toThrow('token must be a text'); // as from JavaScript
  });
});

describe('client, callTimeoutMs', () => {
  it('fails a call that found no gateway, which is then never sent', async () => {
    const home = await createHome();
    const { client, clock } = await connectSimulated(home);
    await client.registerApp(APP);
    await home.stopGateway();
    const { retryInMs } = await whenState(client, 'waiting');
    const creating = client.createAbilityConnectionSession('late', { deviceId: 'phone', ...APP }, {});
    const sending = client.sendMessage(100, 'late').catch(({ message }) => message);
    clock.increment(retryInMs);
    await whenState(client, 'connecting');
    await whenState(client, 'waiting');
    clock.increment(30_000 - retryInMs);
    await expect(creating).rejects.toMatchObject({
      kind: 'gatewayUnreachable',
      message: 'The gateway cannot be reached. createAbilityConnectionSession waited 30 s, and was not sent.',
    });
    expect(await sending).toContain('sendMessage waited 30 s, and was not sent.');
    await home.startGateway();
    clock.increment((await whenState(client, 'waiting')).retryInMs);
    await client.ready();
    expect(await client.listSessions()).toEqual([]);
  });

  it('fails a call that was sent and is not answered', async () => {
    const { client, clock } = await connectToMute();
    const listing = client.listSessions();
    clock.increment(30_000);
    await expect(listing).rejects.toMatchObject({ kind: 'callTimedOut', code: -32_013, isRetryable: true });
    expect(client.state.type).toBe('connected');
  });

  it('lets sends take their time, also those that wait for room, as long as the connection lasts', async () => {
    const { client, clock, calls, dropAll } = await connectToMute();
    // The fake gateway takes 16.
    const sending = Array.from({ length: 17 }, () => client.sendMessage(100, 'hi').catch(({ kind }) => kind));
    await calls.whenCount(16);
    clock.increment(TEN_MINUTES);
    expect(await Promise.race([...sending, Promise.resolve('open')])).toBe('open');
    dropAll();
    // There is no app, so nobody knows whether those that were sent were carried out.
    const lost = Array.from({ length: 16 }, () => 'connectionLost');
    expect(await Promise.all(sending.slice(0, 16))).toEqual(lost);
    clock.increment(30_000);
    expect(await sending[16]).toBe('gatewayUnreachable');
  });

  it('lets a send be repeated that took long before its connection was lost', async () => {
    const { client, clock, calls, dropAll, answers } = await connectToMute();
    answers['registerApp'] = { resumed: true, recovered: false, epoch: 'e', offset: 0, sessions: [] };
    await client.registerApp(APP);
    const sending = client.sendMessage(100, 'hi');
    await calls.whenCount(1);
    clock.increment(TEN_MINUTES);
    dropAll();
    answers['sendMessage'] = null;
    clock.increment((await whenState(client, 'waiting')).retryInMs);
    await sending;
    expect(calls.methods).toEqual(['sendMessage']);
  });

  it('bounds a send, too, when the app says how long', async () => {
    const { client, clock } = await connectToMute({ callTimeoutMs: 5_000 });
    const sending = [client.sendMessage(100, 'hi'), client.call('sendData', { sessionId: 100, data: '' })];
    clock.increment(5_000);
    for (const one of sending) await expect(one).rejects.toMatchObject({ kind: 'callTimedOut' });
  });

  it('may be for ever', async () => {
    const { client, clock } = await connectToMute({ callTimeoutMs: Number.POSITIVE_INFINITY });
    const outcome = client.listSessions().catch((error: unknown) => error);
    clock.increment(TEN_MINUTES);
    expect(await Promise.race([outcome, Promise.resolve('open')])).toBe('open');
  });

  it('fails a call that found no room, which is then never sent', async () => {
    const { client, clock, calls } = await connectToMute();
    // The fake gateway takes 16.
    const asked = Array.from({ length: 17 }, () => client.listSessions().catch(({ kind }) => kind));
    await calls.whenCount(16);
    clock.increment(30_000);
    const kinds = await Promise.all(asked);
    expect(kinds).toEqual([...Array.from({ length: 16 }, () => 'callTimedOut'), 'tooManyInFlight']);
    expect(calls.methods.filter((method) => method === 'listSessions')).toHaveLength(16);
  });

  it('leaves nothing running', async () => {
    const home = await createHome();
    const { client, clock } = await connectSimulated(home);
    await client.registerApp(APP);
    const { sessionId, inbox } = await openEchoSession(client);
    await client.sendMessage(sessionId, 'hi');
    clock.increment(30_000);
    await client.sendMessage(sessionId, 'ho');
    expect(await inbox.take(2)).toEqual(['hi', 'ho']);
  });
});

/** A client of a gateway that answers only what `answers` says, counts all else, and falls silent for nobody. */
async function connectToMute(options: Partial<ClientOptions> = {}) {
  const clock = new SimulatedClock();
  const methods: string[] = [];
  const answers: Record<string, unknown> = { ping: null };
  const sockets = new Set<FakeCall['socket']>();
  let look = (): void => {};
  const onCall = ({ socket, id, method }: FakeCall): void => {
    sockets.add(socket);
    if (Object.hasOwn(answers, method)) return socket.send(formatResult(id, answers[method]));
    methods.push(method);
    look();
  };
  const gateway = await createFakeGateway(onCall, { pingIntervalMs: 10 * TEN_MINUTES });
  const client = openClient({ url: gateway.url, token: 't', clock, random: () => 0, ...options });
  await client.ready();
  const whenCount = (count: number): Promise<void> =>
    new Promise((resolve) => {
      look = () => (methods.length >= count ? resolve() : undefined);
      look();
    });
  const dropAll = (): void => {
    for (const socket of sockets) socket.terminate();
  };
  return { client, clock, calls: { methods, whenCount }, answers, dropAll };
}
