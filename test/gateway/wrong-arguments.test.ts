import { describe, expect, it, onTestFinished } from 'vitest';
import { createClient } from '../../src/client/client.js';
import { REQUIRED_PERMISSIONS } from '../../src/protocol/codes.js';
import { BrokerError } from '../../src/protocol/errors.js';
import type { HttpRouteName } from '../../src/protocol/http-routes.js';
import { FIRST_SESSION_ID, MAX_NAME_BYTES, MAX_PARAMETERS_BYTES } from '../../src/protocol/limits.js';
import { BASE64_PATTERN, SESSION_METHODS } from '../../src/protocol/methods-session.js';
import { APP, BUNDLE, createStage, createToken, openApp } from './fixture.js';
import { type HttpClient, openHttp } from './http-client.js';
import { CallFailed, type Params, type RawClient } from './raw-client.js';

type Method = keyof typeof SESSION_METHODS;
type Path = readonly [argument: string, ...fields: string[]];

/** What JSON can carry, so that the same value reaches every face. MISSING: there is none. */
const MISSING = Symbol('missing');
const VALUES: readonly unknown[] = [
  MISSING,
  null,
  true,
  false,
  0,
  1,
  -1,
  7,
  2 ** 40,
  '',
  'x',
  '100',
  'half \ud800 of a pair',
  '\udc00',
  'ä'.repeat(600),
  'x'.repeat(1_024),
  'x'.repeat(MAX_PARAMETERS_BYTES),
  '😀'.repeat(256),
  '😀'.repeat(257),
  [],
  ['x'],
  {},
  { key: 'x' },
  { key: 7 },
  { '\ud800': 'x' },
  { 'ohos.collabrate.key.start.option': 'nowhere' },
  // What JSON.parse makes of this name is no prototype.
  JSON.parse('{"__proto__":"x"}'),
  { toString: 7, valueOf: 7 },
];

const FLAGS = ['needSendData', 'needSendBigData', 'needSendStream', 'needReceiveStream', 'startOptions'] as const;

/** A right call of each, by name; SESSION stands for the number of a session that is there. */
const SESSION = Symbol('session');
const peerInfo = { deviceId: 'phone', bundleName: BUNDLE, ...APP, serviceName: 'collabTest' };
const connectOptions = { needSendData: true, options: {}, parameters: { key: 'value' } };
const RIGHT: Readonly<Record<Method, Params>> = {
  createAbilityConnectionSession: { serviceName: 'collabTest', peerInfo, connectOptions },
  destroyAbilityConnectionSession: { sessionId: SESSION },
  getPeerInfoById: { sessionId: SESSION },
  on: { type: 'connect', sessionId: SESSION },
  off: { type: 'connect', sessionId: SESSION },
  connect: { sessionId: SESSION },
  acceptConnect: { sessionId: SESSION, token: 'f'.repeat(32) },
  reject: { token: 'f'.repeat(32), reason: 'busy' },
  disconnect: { sessionId: SESSION },
  sendMessage: { sessionId: SESSION, msg: 'text' },
  sendData: { sessionId: SESSION, data: 'AAEC' },
};

const METHOD_NAMES = Object.keys(RIGHT) as Method[]; // the keys are the table's

/** Every argument of every call, and every field of those that have fields. */
const CASES = METHOD_NAMES.flatMap((method) => pathsOf(method).map((path) => [method, path] as const));

function pathsOf(method: Method): Path[] {
  const paths: Path[] = Object.keys(RIGHT[method]).map((argument) => [argument]);
  if (method !== 'createAbilityConnectionSession') return paths;
  for (const field of Object.keys(peerInfo)) paths.push(['peerInfo', field]);
  for (const field of [...FLAGS, 'options', 'parameters']) paths.push(['connectOptions', field]);
  return [...paths, ['connectOptions', 'options', 'key'], ['connectOptions', 'parameters', 'key']];
}

/** 'done', or how it failed; undefined where the face cannot even say it. */
type Face = (method: Method, given: Params) => Promise<string | undefined>;

describe('an argument is judged alike in process, by the client, over the WebSocket and over HTTP', () => {
  it('in every call of the reference that the gateway has', () => {
    const table = Object.entries(SESSION_METHODS).map(([method, { params }]) => {
      return [method, Object.keys(params.properties).filter((name) => !['idempotencyKey', 'encoding'].includes(name))];
    });
    const covered = Object.entries(RIGHT).map(([method, given]) => [method, Object.keys(given)]);
    expect(Object.fromEntries(covered)).toEqual(Object.fromEntries(table));
  });

  it.each(CASES)('%s: %j', async (method, path) => {
    const { inProcess, ...others } = await openFaces();
    let refused = 0;
    for (const value of VALUES) {
      const given = replace(RIGHT[method], path, value) as Params; // it has fields, as before
      const verdict = await inProcess(method, given);
      for (const [face, judge] of Object.entries(others)) {
        const actual = await judge(method, given);
        if (actual !== undefined) expect([face, value, actual]).toEqual([face, value, verdict]);
      }
      if (verdict === '401 invalidParameter') refused += 1;
    }
    expect(refused).toBeGreaterThan(VALUES.length / 3);
  });
});

function replace(whole: unknown, [name, ...below]: readonly string[], value: unknown): unknown {
  if (name === undefined) return value;
  const { [name]: inner, ...others } = whole as Params; // a path leads through objects
  const replaced = replace(inner, below, value);
  return replaced === MISSING ? others : { ...others, [name]: replaced };
}

/** An app at each face of one device. */
async function openFaces(): Promise<Readonly<Record<string, Face>> & { readonly inProcess: Face }> {
  const { kitchen } = await createStage();
  const names = { bundleName: BUNDLE, moduleName: 'entry' };
  const app = kitchen.broker.registerApp({ ...names, abilityName: 'InProcess', permissions: REQUIRED_PERMISSIONS });
  const client = createClient({ url: kitchen.gateway.url, token: await createToken(kitchen) });
  onTestFinished(() => client.close());
  await client.registerApp({ moduleName: 'entry', abilityName: 'Client' });
  const http = await openHttp(kitchen);
  await http.call('putApp', { ...names, abilityName: 'Http' });
  return {
    inProcess: await onSession(byPosition(app.abilityConnectionManager, [app.context])),
    client: await onSession(byPosition(client, [])),
    webSocket: await onSession(byName(await openApp(kitchen, { abilityName: 'WebSocket' }))),
    http: await onSession(byRoute(http)),
  };
}

type Call = (method: Method, given: Params) => Promise<unknown> | undefined;

/** The face with a session of its own, and what it makes of a call. */
async function onSession(call: Call): Promise<Face> {
  const made = await call('createAbilityConnectionSession', RIGHT.createAbilityConnectionSession);
  const sessionId = typeof made === 'object' ? Reflect.get(Object(made), 'sessionId') : made;
  return async (method, given) => {
    const named = given['sessionId'] === SESSION ? { ...given, sessionId } : given;
    try {
      const outcome = call(method, named);
      if (outcome === undefined) return undefined;
      await outcome;
      return 'done';
    } catch (error) {
      if (error instanceof BrokerError) return `${error.code} ${error.kind}`;
      if (error instanceof CallFailed) return `${error.error.code} ${error.error.data?.kind}`;
      throw error;
    }
  };
}

/** The functions of a module; `hidden` stands before the peer of create. */
function byPosition(module: object, hidden: readonly unknown[]): Call {
  return async (method, given) => {
    const values = Object.keys(RIGHT[method]).map((name) => given[name]);
    if (method === 'createAbilityConnectionSession') values.splice(1, 0, ...hidden);
    if (method === 'on') values.push(() => {});
    if (method === 'sendData') values.push(bytesOf(values.pop()));
    return Reflect.apply(Reflect.get(module, method), undefined, values);
  };
}

/** As the gateway reads it: whatever is no base64 stays what it is. */
function bytesOf(data: unknown): unknown {
  return typeof data === 'string' && new RegExp(BASE64_PATTERN).test(data) ? Buffer.from(data, 'base64') : data;
}

function byName(client: RawClient): Call {
  return (method, given) => client.call(method, given);
}

const ROUTES: Partial<Record<Method, HttpRouteName>> = {
  createAbilityConnectionSession: 'createSession',
  acceptConnect: 'accept',
  reject: 'reject',
  sendMessage: 'sendMessage',
};

/** A path is text and always there. */
function byRoute(http: HttpClient): Call {
  return (method, given) => {
    const route = ROUTES[method];
    const { token, ...others } = given;
    if (route === undefined || ('sessionId' in RIGHT[method] && !isSession(given['sessionId']))) return undefined;
    if (route !== 'reject') return ask(http, route, given, replace(given, ['sessionId'], MISSING) as Params); // as above
    return typeof token === 'string' && token.isWellFormed() && token !== '' && token.length <= MAX_NAME_BYTES
      ? ask(http, route, { token }, others)
      : undefined;
  };
}

function isSession(value: unknown): boolean {
  return typeof value === 'number' && value >= FIRST_SESSION_ID && value < 2 * FIRST_SESSION_ID;
}

async function ask(http: HttpClient, route: HttpRouteName, path: Params, body: Params): Promise<unknown> {
  const answer = await http.ask(route, path, body);
  if (answer.status < 400) return answer.body;
  const { code, kind, message, isRetryable } = answer.body as ErrorFields; // the client has checked it
  throw new CallFailed({ code, message, data: { kind, isRetryable } });
}

type ErrorFields = Pick<BrokerError, 'code' | 'kind' | 'message' | 'isRetryable'>;
