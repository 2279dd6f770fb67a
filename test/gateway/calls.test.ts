import { describe, expect, it } from 'vitest';
import {
  APP,
  BUNDLE,
  connectBetween,
  connectedPair,
  createSession,
  createStage,
  failureOf,
  openApp,
  openClient,
} from './fixture.js';
import { CallFailed } from './raw-client.js';

describe('calls', () => {
  it.each([
    ['no JSON', '{', null, -32_700],
    ['a batch', '[{"jsonrpc":"2.0","id":1,"method":"ping"}]', null, -32_600],
    ['a number', '7', null, -32_600],
    ['a call without an id', '{"jsonrpc":"2.0","method":"ping"}', null, -32_600],
    ['an id that is a fraction', '{"jsonrpc":"2.0","id":1.5,"method":"ping"}', null, -32_600],
    ['an id that is too long', `{"jsonrpc":"2.0","id":"${'x'.repeat(65)}","method":"ping"}`, null, -32_600],
    ['another version of JSON-RPC', '{"id":"a","method":"ping"}', 'a', -32_600],
    ['a method that is no text', '{"jsonrpc":"2.0","id":0,"method":1}', 0, -32_600],
    ['a method that does not exist', '{"jsonrpc":"2.0","id":2,"method":"toString"}', 2, -32_601],
    ['parameters by position', '{"jsonrpc":"2.0","id":3,"method":"ping","params":[1]}', 3, -32_602],
    ['parameters that no method has', '{"jsonrpc":"2.0","id":4,"method":"ping","params":{"a":1}}', 4, -32_602],
  ])('answer %s with an error, and go on', async (_, frame, id, code) => {
    const { kitchen } = await createStage();
    const client = await openClient(kitchen);
    client.sendRaw(frame);
    expect(await client.call('ping')).toBeNull();
    const answer = JSON.parse(client.texts.all.at(-2) ?? '');
    expect(answer).toMatchObject({ jsonrpc: '2.0', id, error: { code } });
  });

  it('say where parameters are wrong', async () => {
    const { kitchen } = await createStage();
    const client = await openApp(kitchen);
    const wrong = client.call('subscribe', { target: 'x', sessionId: '7' }).catch((error: unknown) => error);
    expect(await wrong).toBeInstanceOf(CallFailed);
    expect(String(await wrong)).toMatch(/params\/target must be .* params\/sessionId must be integer/);
    const misspelt = client.call('sendMessage', { sessionId: 100, mgs: 'hi' }).catch((error: unknown) => error);
    expect(String(await misspelt)).toContain('params must not have additional properties: ["mgs"]');
    const argument = client.call('sendMessage', { sessionId: 'x', msg: 'hi' }).catch((error: unknown) => error);
    expect(String(await argument)).toContain('sessionId must be a number');
  });

  it('keep the reference’s codes for what its argument checks refuse', async () => {
    const { kitchen, phone } = await connectedPair(await createStage());
    const { client, sessionId } = kitchen;
    const refusals: [string, object, number, string][] = [
      ['sendMessage', { sessionId, msg: 'x'.repeat(1_025) }, 401, 'invalidParameter'],
      ['sendMessage', { sessionId: 1, msg: '' }, 401, 'sessionNotFound'],
      ['sendData', { sessionId, data: '' }, 401, 'invalidParameter'],
      ['on', { type: 'nothing', sessionId }, 401, 'invalidParameter'],
      ['on', { type: 'receiveImage', sessionId }, 202, 'notSystemApp'],
      ['acceptConnect', { sessionId, token: '' }, 401, 'tokenNotFound'],
      ['reject', { token: 'unknown', reason: '' }, 401, 'tokenNotFound'],
      ['disconnect', { sessionId: 99 }, 401, 'sessionNotFound'],
      ['startStream', {}, 202, 'notSystemApp'],
      ['createStream', { sessionId: 'x' }, 202, 'notSystemApp'],
    ];
    for (const [method, params, code, kind] of refusals) {
      expect([method, await failureOf(client.call(method, { ...params }))]).toEqual([method, { code, kind }]);
    }
    expect(await phone.client.call('ping')).toBeNull();
  });

  it('give system apps what the module gives them', async () => {
    const { kitchen } = await createStage();
    const client = await openApp(kitchen, {}, { isSystemApp: true });
    for (const method of ['sendImage', 'createStream', 'getSurfaceId', 'destroyStream']) {
      expect(await failureOf(client.call(method))).toEqual({ code: 801, kind: 'capabilityNotSupported' });
    }
  });

  it('need the scope that the method asks for', async () => {
    const { kitchen } = await createStage();
    const reader = await openClient(kitchen, { scopes: ['read'] });
    expect(await reader.call('listSessions')).toEqual([]);
    expect(await failureOf(reader.call('registerApp', APP))).toEqual({ code: -32_003, kind: 'forbidden' });
    expect(await failureOf(reader.call('sendMessage', { sessionId: 100, msg: '' }))).toMatchObject({ code: -32_003 });
    const driver = await openClient(kitchen, { scopes: ['drive'] });
    expect(await failureOf(driver.call('subscribe', { target: 'sessions' }))).toMatchObject({ code: -32_003 });
  });

  it('need an app where they work on sessions', async () => {
    const { kitchen } = await createStage();
    const client = await openClient(kitchen);
    expect(await failureOf(client.call('connect', { sessionId: 100 }))).toMatchObject({ kind: 'appNotRegistered' });
    await client.call('registerApp', APP);
    expect(await failureOf(client.call('registerApp', APP))).toMatchObject({ kind: 'invalidRequest' });
  });

  it('let nobody speak for another bundle', async () => {
    const { kitchen } = await createStage();
    const client = await openClient(kitchen);
    const foreign = client.call('registerApp', { ...APP, bundleName: 'com.example.other' });
    expect(await failureOf(foreign)).toMatchObject({ kind: 'forbidden' });
    expect(await client.call('registerApp', { ...APP, bundleName: BUNDLE })).toMatchObject({ resumed: false });
  });

  it('do not know the sessions of other apps', async () => {
    const { kitchen } = await createStage();
    const owner = await openApp(kitchen);
    const sessionId = await createSession(owner, 'phone');
    const other = await openApp(kitchen, { abilityName: 'Other' });
    for (const method of ['connect', 'disconnect', 'destroyAbilityConnectionSession']) {
      expect(await failureOf(other.call(method, { sessionId }))).toMatchObject({ kind: 'sessionNotFound' });
    }
    expect(await other.call('getPeerInfoById', { sessionId })).toBeNull();
    expect(await owner.call('getPeerInfoById', { sessionId })).toMatchObject({ deviceId: 'phone' });
  });

  it('refuse an id that waits for its answer, and take it again afterwards', async () => {
    const { kitchen, phone, clock } = await createStage();
    await openApp(phone);
    const client = await openApp(kitchen);
    const sessionId = await createSession(client, 'phone');
    client.sendRaw(JSON.stringify({ jsonrpc: '2.0', id: 'twin', method: 'connect', params: { sessionId } }));
    client.sendRaw('{"jsonrpc":"2.0","id":"twin","method":"ping"}');
    await client.call('ping');
    expect(client.texts.all.at(-2)).toContain('"id":"twin","error":{"code":-32600');
    clock.increment(10_000);
    await expect.poll(() => client.texts.all.at(-1)).toContain('"id":"twin","result":{"isConnected":false');
    client.sendRaw('{"jsonrpc":"2.0","id":"twin","method":"ping"}');
    await expect.poll(() => client.texts.all.at(-1)).toBe('{"jsonrpc":"2.0","id":"twin","result":null}');
  });

  it('wait in bounded number, and in bounded bytes of data', async () => {
    const stage = await createStage({ limits: { callsInFlight: 2, callBytesInFlight: 1_000 } });
    await openApp(stage.phone);
    const client = await openApp(stage.kitchen);
    const sessionIds = await Promise.all(['a', 'b', 'c'].map((service) => createSession(client, 'phone', service)));
    const [first, second, third] = sessionIds.map((sessionId) => client.call('connect', { sessionId }));
    expect(await failureOf(third ?? Promise.resolve())).toMatchObject({ kind: 'tooManyInFlight' });
    stage.clock.increment(10_000);
    expect(await Promise.all([first, second])).toMatchObject([{ isConnected: false }, { isConnected: false }]);
    const large = Buffer.alloc(1_200, 1).toString('base64');
    expect(await failureOf(client.call('sendData', { sessionId: sessionIds[0], data: large }))).toMatchObject({
      kind: 'sessionNotConnected',
    });
  });

  it('count the bytes of binary frames that wait', async () => {
    const stage = await createStage({ limits: { callBytesInFlight: 1_000 } });
    const { kitchen } = await connectedPair(stage);
    const { client, sessionId } = kitchen;
    const frame = Buffer.alloc(9 + 1_001);
    frame.writeUInt8(0x11, 0);
    frame.writeUInt32BE(77, 1);
    frame.writeUInt32BE(sessionId, 5);
    client.sendRaw(frame);
    await expect.poll(() => client.texts.all.at(-1)).toContain('"id":77,"error":{"code":-32006');
  });

  it('answer binary frames with errors, too', async () => {
    const { kitchen } = await createStage();
    const client = await openClient(kitchen);
    const frame = Buffer.from('11000000070000006401', 'hex');
    client.sendRaw(frame);
    await expect.poll(() => client.texts.all.at(-1)).toContain('"id":7,"error":{"code":-32004');
  });

  it.each([
    ['a short one', '1100000001'],
    ['one of another version', '21000000010000006401'],
    ['one of another kind', '12000000010000006401'],
  ])('end the connection on a binary frame that is none: %s', async (_, hex) => {
    const { kitchen } = await createStage();
    const client = await openApp(kitchen);
    client.sendRaw(Buffer.from(hex, 'hex'));
    expect((await client.closed).code).toBe(4502);
  });

  it('end the connection on a text frame beyond the limit', async () => {
    const { kitchen } = await createStage();
    const client = await openApp(kitchen);
    client.sendRaw(`{"jsonrpc":"2.0","id":1,"method":"ping","params":{}${' '.repeat(65_536)}}`);
    expect((await client.closed).code).toBe(4502);
  });

  it('see each other only through their sessions: many pairs at once keep apart', async () => {
    const stage = await createStage();
    const pairs = await Promise.all(
      ['A', 'B', 'C'].map(async (abilityName) => {
        const phone = await openApp(stage.phone, { abilityName });
        const kitchen = await openApp(stage.kitchen, { abilityName });
        return { kitchen, phone, abilityName };
      }),
    );
    for (const { kitchen, phone, abilityName } of pairs) {
      const pair = await connectBetween(kitchen, phone, 'collabTest', { abilityName });
      await pair.kitchen.client.call('sendMessage', { sessionId: pair.kitchen.sessionId, msg: abilityName });
    }
    for (const { phone, abilityName } of pairs) {
      await expect.poll(() => phone.notifications('event').all.map(({ msg }) => msg)).toEqual([undefined, abilityName]);
    }
  });
});
