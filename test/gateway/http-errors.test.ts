import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { ERRORS } from '../../src/protocol/errors.js';
import { HTTP_STATUS } from '../../src/protocol/http-status.js';
import { ErrorBody } from '../../src/protocol/http-types.js';
import { createCheck } from '../../src/protocol/params-check.js';
import { createStage, type Station } from './fixture.js';
import { baseOf, openHttp } from './http-client.js';

/** Words of another face: who speaks HTTP has sent no frame and called no method. */
const FOREIGN = /\bframe|JSON-RPC|registerApp|WebSocket connection|this connection/i;

const checkBody = createCheck(ErrorBody, 'body');

/** The kinds of wrong requests that there are, each with its status and kind. */
const REQUESTS: readonly [string, string, RequestInit, number, string][] = [
  ['nothing there', '/nothing?token=secret', {}, 404, 'methodNotFound'],
  ['another verb', '/v1/sessions', { method: 'PATCH' }, 404, 'methodNotFound'],
  ['no schema of this name', '/v1/schema/nothing', {}, 404, 'methodNotFound'],
  ['an address that cannot be read', '/v1/sessions/%zz', {}, 400, 'invalidRequest'],
  ['a number that is none', '/v1/sessions/abc', {}, 400, 'invalidParams'],
  ['no session of this number', '/v1/sessions/7', {}, 404, 'sessionNotFound'],
  ['no app', '/v1/sessions', post({ serviceName: 's', peerInfo: PEER(), connectOptions: {} }), 404, 'appNotRegistered'],
  ['an unknown app', '/v1/events?app=a/b', {}, 404, 'appNotRegistered'],
  ['an unknown target', '/v1/events?targets=x', {}, 400, 'invalidParams'],
  ['a body that is no JSON', '/v1/sessions', post('{'), 400, 'parseError'],
  ['a body of another type', '/v1/sessions', { method: 'POST', body: 'text' }, 400, 'invalidParams'],
  ['no body', '/v1/sessions', { method: 'POST' }, 400, 'invalidParams'],
  ['no body, but a type', '/v1/sessions', post(''), 400, 'invalidParams'],
  ['a body too long', '/v1/sessions', post(' '.repeat(70_000)), 413, 'bodyTooLarge'],
  ['data of another type', '/v1/sessions/100/data', { method: 'POST', body: 'text' }, 400, 'invalidParams'],
  [
    'a key that is none',
    '/v1/tickets',
    { method: 'POST', headers: { 'idempotency-key': 'a b' } },
    400,
    'invalidParams',
  ],
  ['no WebSocket', '/v1/ws?token=secret', {}, 404, 'methodNotFound'],
];

interface Told {
  readonly kind: string;
  readonly message: string;
}

function post(body: object | string): RequestInit {
  const content = typeof body === 'string' ? body : JSON.stringify(body);
  return { method: 'POST', body: content, headers: { 'content-type': 'application/json' } };
}

function PEER(): object {
  return { deviceId: 'phone', bundleName: 'b', moduleName: 'm', abilityName: 'a' };
}

describe('an error over HTTP', () => {
  it.each(REQUESTS)('speaks HTTP and has the fields of all: %s', async (_, path, init, status, kind) => {
    const { kitchen } = await createStage();
    const { token } = await openHttp(kitchen);
    const headers = { authorization: `Bearer ${token}`, ...init.headers };
    const response = await fetch(baseOf(kitchen) + path, { ...init, headers });
    const body = (await response.json()) as Told; // checked below
    expect([response.status, body.kind]).toEqual([status, kind]);
    expect(checkBody(body)).toBeUndefined();
    expect(body.message).not.toMatch(FOREIGN);
    expect(JSON.stringify(body)).not.toContain('secret');
  });

  it('says where to look instead', async () => {
    const { kitchen } = await createStage();
    const ask = async (path: string, init?: RequestInit) =>
      (await (await fetch(baseOf(kitchen) + path, init)).json()) as Told; // as above
    expect((await ask('/nothing?x=1')).message).toContain(
      'Nothing answers GET /nothing; /openapi.json lists what does.',
    );
    expect((await ask('/v1/ws')).message).toContain('/v1/ws is a WebSocket.');
  });

  it.each([
    ['no HTTP', 'GARBAGE\r\n\r\n', 400, 'It is not HTTP.'],
    [
      'headers too long',
      `GET / HTTP/1.1\r\nhost: x\r\nx: ${'y'.repeat(20_000)}\r\n\r\n`,
      431,
      'Its headers are too long.',
    ],
  ])('is one even for %s', async (_, sent, status, words) => {
    const { kitchen } = await createStage();
    const answer = await exchange(kitchen, sent);
    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    const body = JSON.parse(answer.slice(answer.indexOf('\r\n\r\n')));
    expect(checkBody(body)).toBeUndefined();
    expect(body).toMatchObject({ kind: 'invalidRequest', message: `${ERRORS.invalidRequest.message} ${words}` });
  });

  it('has fixed words that fit both faces', () => {
    const sent = Object.entries(HTTP_STATUS).filter(([, status]) => status !== undefined);
    const words = sent.map(([kind]) => ERRORS[kind as keyof typeof ERRORS].message); // a key of its table
    expect(words.filter((message) => FOREIGN.test(message))).toEqual([]);
  });
});

describe('a name in a path', () => {
  it('may be as long as the broker takes it', async () => {
    const { kitchen } = await createStage();
    const client = await openHttp(kitchen);
    const names = (abilityName: string) => client.ask('putApp', { moduleName: 'entry', abilityName });
    expect((await names('ü'.repeat(500))).status).toBe(200);
    expect((await names('ü'.repeat(512))).body).toMatchObject({ kind: 'invalidParameter' });
  });
});

describe('a request without content', () => {
  it('may name a type all the same', async () => {
    const { kitchen } = await createStage();
    const client = await openHttp(kitchen);
    const path = { moduleName: 'entry', abilityName: 'EntryAbility' };
    const named = { 'content-type': 'application/json' };
    expect((await client.ask('putApp', path, undefined, named)).status).toBe(200);
    expect((await client.ask('createTicket', {}, undefined, named)).status).toBe(201);
    expect((await client.ask('deleteApp', path, undefined, named)).status).toBe(204);
  });
});

function exchange({ gateway }: Station, sent: string): Promise<string> {
  const socket = connect(gateway.port, gateway.host);
  socket.write(sent);
  return text(socket);
}
