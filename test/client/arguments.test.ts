import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import type { TandemClient } from '../../src/client/interface.js';
import { ECHO_APP } from '../../src/main/echo-app.js';
import { createFakeGateway } from './fake-gateway.js';
import { APP, createHome, createInbox, openClient, openEchoSession } from './fixture.js';

const peer = { deviceId: 'phone', ...ECHO_APP };
const cyclic: Record<string, unknown> = {};
cyclic['parameters'] = { cyclic };
const ignore = (): void => {};

/** What JSON would lose, change, or not even write. */
const CALLS: readonly (readonly [
  what: string,
  name: Exclude<keyof TandemClient, 'state'>,
  args: readonly unknown[],
])[] = [
  ['a number beyond numbers', 'connect', [100n]],
  ['a symbol', 'sendMessage', [100, Symbol('text')]],
  ['half of a surrogate pair', 'sendMessage', [100, '\ud800']],
  ['a Map of parameters', 'createAbilityConnectionSession', ['s', peer, { parameters: new Map([['a', 'b']]) }]],
  ['a Date as options', 'createAbilityConnectionSession', ['s', peer, new Date()]],
  ['options that hold themselves', 'createAbilityConnectionSession', ['s', peer, cyclic]],
  ['a flag that is a word', 'createAbilityConnectionSession', ['s', peer, { needSendData: 'yes' }]],
  ['a function among parameters', 'createAbilityConnectionSession', ['s', peer, { parameters: { a: ignore } }]],
  ['no options', 'createAbilityConnectionSession', ['s', peer]],
  ['a context, which clients have none of', 'createAbilityConnectionSession', ['s', {}, peer, {}]],
  ['another service name in peerInfo', 'createAbilityConnectionSession', ['s', { ...peer, serviceName: 't' }, {}]],
  ['a listener that is none', 'on', ['connect', 100, 'listener']],
  ['no listener', 'on', ['connect', 100]],
  ['null for a listener', 'off', ['connect', 100, null]],
  ['a word for a listener', 'offConnect', [100, 'listener']],
  ['a reason that is an object', 'reject', ['token', {}]],
  ['a token that is none', 'acceptConnect', [100, 7]],
  ['shared memory', 'sendData', [100, new Uint8Array(new SharedArrayBuffer(1))]],
  ['a text for data', 'sendData', [100, 'bytes']],
  ['data for a number that is none', 'sendData', ['100', new ArrayBuffer(1)]],
  ['an app whose onCollaborate is none', 'registerApp', [{ ...APP, onCollaborate: 'accept' }]],
];

describe('an argument of the client', () => {
  it.each(CALLS)('that is %s: 401 for %s, and nothing is written', async (_, name, args) => {
    const asked: string[] = [];
    const { url } = await createFakeGateway(({ method }) => asked.push(method));
    const client = openClient({ url, token: 'any' });
    await client.ready();
    const call: unknown = Reflect.apply(client[name], client, args);
    await expect(call).rejects.toMatchObject({ code: 401, kind: 'invalidParameter' });
    expect(asked).toEqual([]);
  });

  it('that is a fraction names the session of the whole number, as in process', async () => {
    const client = await (await createHome()).connect();
    await client.registerApp(APP);
    const { sessionId, inbox } = await openEchoSession(client);
    await client.sendMessage(sessionId + 0.5, 'text');
    expect(await inbox.take(1)).toEqual(['text']);
    const more = createInbox<string>();
    await client.on('receiveMessage', sessionId + 0.9, ({ msg = '' }) => more.put(msg));
    await client.sendMessage(sessionId, 'more');
    expect(await more.take(1)).toEqual(['more']);
  });

  it('that is too long by one byte is refused, and the longest is taken', async () => {
    const client = await (await createHome()).connect();
    await client.registerApp(APP);
    const { sessionId, inbox } = await openEchoSession(client);
    await expect(client.sendMessage(sessionId, 'x'.repeat(1_025))).rejects.toMatchObject({ code: 401 });
    await client.sendMessage(sessionId, '🙂'.repeat(256));
    expect(await inbox.take(1)).toEqual(['🙂'.repeat(256)]);
  });
});

describe('data of the client', () => {
  it.each([
    ['an ArrayBuffer of another realm', () => runInNewContext('new Uint8Array([1, 2, 250]).buffer')],
    ['a view of another realm', () => runInNewContext('new Uint8Array([9, 1, 2, 250, 9]).subarray(1, 4)')],
    ['a Buffer, of which only its bytes go', () => Buffer.from([1, 2, 250])],
    ['a DataView', () => new DataView(Uint8Array.of(9, 1, 2, 250, 9).buffer, 1, 3)],
  ])('may be %s', async (_, make) => {
    const client = await (await createHome()).connect();
    await client.registerApp(APP);
    const { sessionId } = await openEchoSession(client);
    const echoed = createInbox<readonly number[]>();
    await client.onReceiveData(sessionId, ({ data = new ArrayBuffer(0) }) => echoed.put([...new Uint8Array(data)]));
    await client.sendData(sessionId, make());
    expect(await echoed.take(1)).toEqual([[1, 2, 250]]);
  });

  it('goes as it was at the call', async () => {
    const client = await (await createHome()).connect();
    await client.registerApp(APP);
    const { sessionId } = await openEchoSession(client);
    const echoed = createInbox<readonly number[]>();
    await client.onReceiveData(sessionId, ({ data = new ArrayBuffer(0) }) => echoed.put([...new Uint8Array(data)]));
    const view = Uint8Array.of(1, 2, 250);
    const sending = client.sendData(sessionId, view);
    view.fill(0);
    await sending;
    expect(await echoed.take(1)).toEqual([[1, 2, 250]]);
  });
});
