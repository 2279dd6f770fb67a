import { describe, expect, it } from 'vitest';
import { MAX_NAME_BYTES } from '../../src/protocol/limits.js';
import { APP, connectedPair, createStage, failureOf, openApp, openClient, type Station, tokenOf } from './fixture.js';
import { baseOf, connectedOverHttp, openHttp, sessionBody } from './http-client.js';
import type { Params } from './raw-client.js';

const HALF = 'half \ud800 of a pair';
const WANT_KEY = 'ohos.extra.param.key.supportCollaborateIndex';

/** What no text of ours can be, as bytes. */
const NOT_UTF8 = Buffer.from('{"msg":"K\xfcche"}', 'latin1');

describe('over the WebSocket, half of a surrogate pair', () => {
  it.each([
    ['registerApp', { ...APP, moduleName: HALF }],
    ['registerApp', { ...APP, abilityName: HALF }],
  ])('is refused by %s', async (method, params) => {
    const { kitchen } = await createStage();
    const client = await openClient(kitchen);
    expect(await failureOf(client.call(method, params))).toEqual({ code: 401, kind: 'invalidParameter' });
  });

  it.each([{ name: HALF }, { bundleName: HALF }, { permissions: [HALF] }])(
    'is refused by createToken: %j',
    async (given) => {
      const { kitchen } = await createStage();
      const admin = await openClient(kitchen, { scopes: ['admin'] });
      const grant = { name: 'n', bundleName: 'b', scopes: ['read'], ...given };
      expect(await failureOf(admin.call('createToken', grant))).toEqual({ code: 401, kind: 'invalidParameter' });
    },
  );

  it('is refused as it stands in the frame, and what follows arrives', async () => {
    const { kitchen, phone } = await connectedPair(await createStage());
    const { client, sessionId } = kitchen;
    client.sendRaw(
      `{"jsonrpc":"2.0","id":1,"method":"sendMessage","params":{"sessionId":${sessionId},"msg":"\\ud800"}}`,
    );
    await client.call('sendMessage', { sessionId, msg: '\ud83d\ude42' });
    expect(client.texts.all.find((text) => text.includes('"id":1,'))).toContain('"code":401');
    expect(await phone.client.notifications('event').next()).toMatchObject({ type: 'connect' });
    expect(await phone.client.notifications('event').next()).toMatchObject({ msg: '🙂' });
  });
});

describe('over HTTP', () => {
  it('a body that is not UTF-8 is refused, and nothing arrives', async () => {
    const { stage, kitchen, phone, sessionId } = await connectedOverHttp();
    const answer = await fetch(`${baseOf(stage.kitchen)}/v1/sessions/${sessionId}/messages`, {
      method: 'POST',
      headers: { authorization: `Bearer ${kitchen.token}`, 'content-type': 'application/json' },
      body: NOT_UTF8,
    });
    expect([answer.status, await answer.json()]).toEqual([400, expect.objectContaining({ kind: 'parseError' })]);
    await kitchen.call('sendMessage', { sessionId }, { msg: 'Küche' });
    expect(await phone.notifications('event').next()).toMatchObject({ msg: 'Küche' });
  });

  it('a path that is not UTF-8 is refused with a body of ours', async () => {
    const { kitchen } = await createStage();
    const { token } = await openHttp(kitchen);
    const answer = await fetch(`${baseOf(kitchen)}/v1/offers/%ED%A0%80/reject`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: '{"reason":""}',
    });
    expect([answer.status, await answer.json()]).toEqual([
      400,
      { kind: 'invalidRequest', code: -32_600, message: expect.any(String), isRetryable: false },
    ]);
  });

  it('a name may be as long as the reference has it, and no longer', async () => {
    const { kitchen } = await createStage();
    const http = await openHttp(kitchen);
    const longest = { ...APP, abilityName: 'ä'.repeat((MAX_NAME_BYTES - 2) / 2) };
    expect((await http.call('putApp', longest))['app']).toMatchObject(longest);
    const longer = await http.ask('putApp', { ...APP, abilityName: `${longest.abilityName}xx` });
    expect([longer.status, longer.body]).toEqual([400, expect.objectContaining({ kind: 'invalidParameter' })]);
  });

  it.each(['http', 'webSocket'])('and over the WebSocket, parameters arrive under whatever name (%s)', async (face) => {
    const stage = await createStage();
    const phone = await openApp(stage.phone);
    const parameters = JSON.parse('{"__proto__":"no prototype","":"empty","constructor":"x"}');
    const body = sessionBody({ connectOptions: { parameters } });
    const connecting = await (face === 'http' ? connectByHttp : connectByWebSocket)(stage.kitchen, body);
    const request = await phone.notifications('collaborate').next();
    const asked = (request['want'] as Params)[WANT_KEY] as Params; // as the reference's want is built
    const { parameters: told } = asked['ConnectOptions'] as Params; // as above
    expect(Object.entries(Object(told)).sort()).toEqual(Object.entries(parameters).sort());
    await phone.call('reject', { token: tokenOf(request), reason: 'seen enough' });
    expect(await connecting()).toMatchObject({ errorCode: 1, reason: 'seen enough' });
  });
});

/** Asks for a session; gives what waits for the answer. */
async function connectByHttp(station: Station, body: Params): Promise<() => Promise<unknown>> {
  const http = await openHttp(station);
  await http.call('putApp', APP);
  const { sessionId } = await http.call('createSession', {}, body);
  const answer = http.call('connect', { sessionId });
  return () => answer;
}

async function connectByWebSocket(station: Station, body: Params): Promise<() => Promise<unknown>> {
  const client = await openApp(station);
  const answer = client.call('connect', { sessionId: await client.call('createAbilityConnectionSession', body) });
  return () => answer;
}
