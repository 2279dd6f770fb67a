import { describe, expect, it } from 'vitest';
import type { TandemClient } from '../../src/client/interface.js';
import type { MethodName, MethodParams } from '../../src/protocol/calls.js';
import { APP, createHome, createInbox, openClient, openEchoSession, whenState } from './fixture.js';

const LONG = 'x'.repeat(70_000);
const PEER = { deviceId: 'phone', bundleName: 'b', moduleName: 'm', abilityName: 'a' };

/** Calls that JavaScript may make, whatever the types say. */
type Loose = (method: string, params: unknown) => Promise<unknown>;

/** A client with a session that says whether it has outlived what was tried. */
async function open(limits: object = {}) {
  const home = await createHome({ limits });
  const client = await home.connect();
  await client.registerApp(APP);
  const { sessionId, inbox } = await openEchoSession(client);
  const states = createInbox<string>();
  client.onStateChange(({ type }) => states.put(type));
  return {
    client,
    sessionId,
    call: client.call.bind(client) as Loose, // what is wrong with its arguments is the point of these tests
    async isUnharmed() {
      await client.sendMessage(sessionId, 'still here');
      expect(await inbox.take(1)).toEqual(['still here']);
      expect(states.items).toEqual([]);
    },
  };
}

describe('an argument that the gateway would close the connection for', () => {
  it.each<[string, (client: TandemClient, sessionId: number) => Promise<unknown>]>([
    ['a text', (client, id) => client.sendMessage(id, LONG)],
    ['a text of few characters and many bytes', (client, id) => client.sendMessage(id, '√'.repeat(30_000))],
    ['a text that JSON makes long', (client, id) => client.sendMessage(id, '\u0001'.repeat(20_000))],
    ['a service name', (client) => client.createAbilityConnectionSession(LONG, PEER, {})],
    ['a name of a peer', (client) => client.createAbilityConnectionSession('s', { ...PEER, deviceId: LONG }, {})],
    [
      'parameters',
      (client) => client.createAbilityConnectionSession('s', PEER, { parameters: { [LONG.slice(1)]: LONG } }),
    ],
    ['a reason', (client) => client.reject('token', LONG)],
    ['a token', (client, id) => client.acceptConnect(id, LONG)],
    ['an event', (client, id) => client.on(LONG as 'connect', id, () => {})], // as from JavaScript
    ['base64', (client, sessionId) => client.call('sendData', { sessionId, data: 'AAAA'.repeat(20_000) })],
    ['a key', (client, sessionId) => client.call('disconnect', { sessionId, idempotencyKey: LONG })],
    ['a session that is none', (client) => client.subscribeTrace(LONG as unknown as number, () => {})], // as above
    ['a method', (client) => client.call(LONG as 'ping', {})], // as above
    ['data', (client, id) => client.sendData(id, new ArrayBuffer(84_000_000))],
  ])('fails that one call and nothing else: %s', async (_, make) => {
    const { client, sessionId, isUnharmed } = await open();
    await expect(make(client, sessionId)).rejects.toMatchObject({ kind: 'invalidParameter', code: 401 });
    await isUnharmed();
  });

  it('is measured on the wire, to the byte', async () => {
    const { call, isUnharmed } = await open();
    const frame = (params: object) => JSON.stringify({ jsonrpc: '2.0', id: 99, method: 'ping', params });
    const rest = Buffer.byteLength(frame({ more: '' }));
    // The ids of this connection have one digit or two: one call more or less makes a byte.
    for (let calls = 0; calls < 12; calls += 1) await call('ping', {});
    await expect(call('ping', { more: 'x'.repeat(65_536 - rest) })).rejects.toMatchObject({ kind: 'invalidParams' });
    await expect(call('ping', { more: 'x'.repeat(65_537 - rest) })).rejects.toMatchObject({
      kind: 'invalidParameter',
      message: 'Parameter error. ping, as JSON, has 65,537 bytes; this gateway takes 65,536.',
    });
    await isUnharmed();
  });

  it('is measured by what this gateway says in its hello', async () => {
    const { client, sessionId, call, isUnharmed } = await open({ textFrameBytes: 1_000, binaryFrameBytes: 2_000 });
    await expect(call('ping', { more: 'x'.repeat(1_000) })).rejects.toMatchObject({ kind: 'invalidParameter' });
    await expect(client.sendData(sessionId, new ArrayBuffer(2_000))).rejects.toThrow(
      /data has 2,000 bytes; this gateway takes 1,9\d\d\./,
    );
    await client.sendData(sessionId, new ArrayBuffer(1_900));
    await isUnharmed();
  });

  it('is found, too, when the gateway takes no more data than that in all', async () => {
    const { client, sessionId, isUnharmed } = await open({ callBytesInFlight: 1_000 });
    await expect(client.sendData(sessionId, new ArrayBuffer(1_001))).rejects.toThrow(
      'data has 1,001 bytes; this gateway takes 1,000.',
    );
    await Promise.all(Array.from({ length: 5 }, () => client.sendData(sessionId, new ArrayBuffer(600))));
    await isUnharmed();
  });

  it('is a token, too', async () => {
    const home = await createHome();
    const client = openClient({ url: home.gateway.url, token: 'x'.repeat(5_000) });
    await expect(client.ready()).rejects.toMatchObject({
      kind: 'invalidParameter',
      message: expect.stringMatching(
        /^Parameter error\. authenticate, as JSON, has 5,\d\d\d bytes; this gateway takes 4,096\.$/,
      ),
    });
  });
});

describe('an argument that cannot be written', () => {
  const circle: Record<string, unknown> = {};
  circle['itself'] = circle;
  const trap = {
    get reason(): string {
      throw new Error('a trap');
    },
  };

  it.each<[string, string, unknown, RegExp]>([
    [
      'a BigInt',
      'sendMessage',
      { sessionId: 100n, msg: 'hi' },
      /sendMessage: this cannot be written as JSON: .*BigInt/,
    ],
    ['a circle', 'createAbilityConnectionSession', { connectOptions: circle }, /circular structure to JSON\.$/],
    ['a trap', 'ping', trap, /ping: this cannot be written as JSON: a trap\./],
    ['a function for the parameters', 'ping', () => {}, /a function\.$/],
    ['no text for the method', undefined as unknown as string, {}, /method must be a text/], // as from JavaScript
  ])('fails that one call: %s', async (_, method, params, words) => {
    const { call, isUnharmed } = await open();
    await expect(call(method, params)).rejects.toMatchObject({ kind: 'invalidParameter' });
    await expect(call(method, params)).rejects.toThrow(words);
    await isUnharmed();
  });

  it('fails before there is a connection, and does not keep the client from one', async () => {
    const home = await createHome();
    const client = await home.connect();
    const call = client.call.bind(client) as Loose; // as above
    const wrong = [
      call('sendMessage', { sessionId: 100n }),
      client.registerApp(undefined as unknown as typeof APP), // as from JavaScript
      client.subscribe('nothing' as 'devices', () => {}), // as above
    ];
    const outcomes = await Promise.allSettled(wrong);
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    expect(await client.getAvailableDeviceList()).toHaveLength(1);
  });
});

describe('an argument that the app changes afterwards', () => {
  it('is sent as it was at the call', async () => {
    const home = await createHome();
    const client = await home.connect();
    const states = whenState(client, 'connected');
    await client.registerApp(APP);
    await states;
    const peer = { ...PEER };
    await home.stopGateway();
    await whenState(client, 'waiting');
    const params: MethodParams<MethodName & 'createAbilityConnectionSession'> = {
      serviceName: 'before',
      peerInfo: peer,
      connectOptions: {},
    };
    const creating = client.call('createAbilityConnectionSession', params);
    peer.deviceId = 'another';
    await home.startGateway();
    const sessionId = await creating;
    expect(await client.getPeerInfoById(sessionId)).toMatchObject({ deviceId: 'phone', serviceName: 'before' });
  });
});
