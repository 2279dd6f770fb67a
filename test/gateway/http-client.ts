/** An HTTP client that knows no more than docs/http.md. What it is answered is held against the schemas of the routes. */
import { expect, onTestFinished } from 'vitest';
import type { Grant } from '../../src/broker/tokens.js';
import { HTTP_ROUTES, type HttpRouteName } from '../../src/protocol/http-routes.js';
import { ALWAYS_POSSIBLE, ErrorBody, type HttpRoute } from '../../src/protocol/http-types.js';
import { createCheck } from '../../src/protocol/params-check.js';
import { createMailbox, type Mailbox } from '../conformance/mailbox.js';
import {
  APP,
  acceptNext,
  BUNDLE,
  createStage,
  createToken,
  openApp,
  type Stage,
  type Station,
  type StationOptions,
} from './fixture.js';
import type { Params, RawClient } from './raw-client.js';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** Undefined for 204. */
  readonly body: unknown;
}

export interface HttpClient {
  readonly token: string;
  /** Asks a route of the table; `path` fills its braces. Whatever is answered fits the table, or this throws. */
  ask(route: HttpRouteName, path?: Params, body?: unknown, more?: Record<string, string>): Promise<Answer>;
  /** The same for what must succeed; gives the body. */
  call(route: HttpRouteName, path?: Params, body?: unknown): Promise<Params>;
  stream(query?: string, headers?: Record<string, string>): Promise<StreamReader>;
}

export interface SentEvent {
  readonly id: string;
  readonly event: string;
  readonly data: Params;
}

export interface StreamReader {
  readonly response: Response;
  readonly events: Mailbox<SentEvent>;
  /** Everything as it came. */
  text(): string;
  readonly ended: Promise<void>;
  drop(): void;
}

export function baseOf({ gateway }: Station): string {
  return gateway.url.replace('ws:', 'http:').replace('/v1/ws', '');
}

export async function openHttp(station: Station, changes: Partial<Grant> = {}): Promise<HttpClient> {
  return createHttpClient(baseOf(station), await createToken(station, changes));
}

export function createHttpClient(base: string, token: string): HttpClient {
  const bearer = { authorization: `Bearer ${token}` };

  async function ask(
    name: HttpRouteName,
    path: Params = {},
    body?: unknown,
    more: Record<string, string> = {},
  ): Promise<Answer> {
    const { verb, path: template } = HTTP_ROUTES[name];
    const url = base + template.replaceAll(/\{(\w+)\}/g, (_, key: string) => encodeURIComponent(String(path[key])));
    const isBytes = body instanceof Uint8Array;
    const type = isBytes ? 'application/octet-stream' : 'application/json';
    const headers = { ...bearer, ...more, ...(body !== undefined && { 'content-type': type }) };
    const content = body === undefined ? null : isBytes ? body.slice() : JSON.stringify(body);
    const response = await fetch(url, { method: verb, headers, body: content });
    const text = await response.text();
    const answer = {
      status: response.status,
      headers: response.headers,
      body: text === '' ? undefined : JSON.parse(text),
    };
    checkAnswer(name, answer);
    return answer;
  }

  return {
    token,
    ask,
    async call(name, path, body) {
      const answer = await ask(name, path, body);
      if (answer.status >= 300) throw new Error(`${name}: ${answer.status} ${JSON.stringify(answer.body)}`);
      return answer.body as Params; // an object or an array, see the table
    },
    stream: (query = '', headers = bearer) => openStream(`${base}/v1/events${query}`, { ...headers }),
  };
}

function checkAnswer(name: HttpRouteName, { status, headers, body }: Answer): void {
  const route: HttpRoute = HTTP_ROUTES[name];
  if (status >= 400) {
    const { failures = [] } = route;
    const isKnown = [...ALWAYS_POSSIBLE, ...failures].some((each) => each === status);
    if (!isKnown) throw new Error(`${name} answered ${status}, which the contract does not have`);
    expect(headers.has('retry-after')).toBe(status === 429 || status === 503);
    if (status === 401) expect(headers.has('www-authenticate')).toBe(true);
    else if (status !== 403) expect(headers.has('www-authenticate')).toBe(false);
    return checkBody(name, createCheck(ErrorBody, 'body'), body);
  }
  if (status !== route.status) throw new Error(`${name} answered ${status}`);
  if (route.result !== undefined) checkBody(name, createCheck(route.result, 'body'), body);
  else if (body !== undefined) throw new Error(`${name} has a body`);
}

function checkBody(name: string, check: (body: unknown) => string | undefined, body: unknown): void {
  const fault = check(body);
  if (fault !== undefined) throw new Error(`${name}: ${fault}: ${JSON.stringify(body)}`);
}

async function openStream(url: string, headers: Record<string, string>): Promise<StreamReader> {
  const control = new AbortController();
  onTestFinished(() => control.abort());
  const response = await fetch(url, { headers, signal: control.signal });
  const events = createMailbox<SentEvent>();
  let text = '';
  let rest = '';

  async function read(): Promise<void> {
    const decoder = new TextDecoder();
    for await (const chunk of response.body ?? []) {
      const piece = decoder.decode(chunk as Uint8Array, { stream: true }); // fetch gives bytes
      text += piece;
      const blocks = (rest + piece).split('\n\n');
      rest = blocks.pop() ?? '';
      for (const block of blocks) post(block, events);
    }
  }

  return { response, events, text: () => text, ended: read().catch(() => {}), drop: () => control.abort() };
}

function post(block: string, events: Mailbox<SentEvent>): void {
  const fields = Object.fromEntries(
    block.split('\n').map((line) => [line.split(': ', 1)[0], line.slice(line.indexOf(': ') + 2)]),
  );
  const { id = '', event, data } = fields;
  if (event !== undefined && data !== undefined) events.post({ id, event, data: JSON.parse(data) as Params }); // always an object
}

/** A session from the kitchen to the phone whose app answers over the WebSocket or HTTP; see the callers. */
export function sessionBody(changes: Params = {}): Params {
  const peerInfo = { deviceId: 'phone', bundleName: BUNDLE, ...APP };
  return { serviceName: 'collabTest', peerInfo, connectOptions: { needSendData: true }, ...changes };
}

/** The kitchen's app is driven over HTTP, the phone's over a WebSocket; the session is connected. */
export async function connectedOverHttp(options: StationOptions = {}): Promise<{
  readonly stage: Stage;
  readonly kitchen: HttpClient;
  readonly phone: RawClient;
  readonly sessionId: number;
  readonly peerSessionId: number;
}> {
  const stage = await createStage(options);
  const phone = await openApp(stage.phone);
  const kitchen = await openHttp(stage.kitchen);
  await kitchen.call('putApp', APP);
  const { sessionId } = await kitchen.call('createSession', {}, sessionBody());
  const connecting = kitchen.call('connect', { sessionId });
  const peerSessionId = await acceptNext(phone);
  expect(await connecting).toMatchObject({ isConnected: true });
  expect(await phone.notifications('event').next()).toMatchObject({ type: 'connect' });
  return { stage, kitchen, phone, sessionId: Number(sessionId), peerSessionId };
}
