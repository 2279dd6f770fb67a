import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import type { LookupFunction } from 'node:net';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { describe, expect, it, onTestFinished } from 'vitest';
import { parse } from 'yaml';
import {
  acceptNext,
  connectBetween,
  createSession,
  createStage,
  createToken,
  openApp,
  type Stage,
} from '../gateway/fixture.js';
import { openRaw, type RawClient } from '../gateway/raw-client.js';
import { problemsOf } from '../main/config/sources.js';
import { makeTemporaryDirectory } from '../main/recorded-io.js';
import { startCaddy, startNginx } from '../support/proxies.js';
import { freePort } from '../support/server-process.js';

const NAME = 'tandem.home';
/** Where the client of these tests sits: on this machine as well, and at no address that is trusted. */
const CLIENT = '127.0.0.2';
/** As docs/proxy.md says. */
const PROXY = '127.0.0.1';

/** The block of this language in docs/proxy.md, for a gateway and a proxy on other ports. */
function linesOf(language: string, changes: Readonly<Record<string, string>>): string {
  const page = readFileSync('docs/proxy.md', 'utf8');
  const [, block = ''] = new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``).exec(page) ?? [];
  return Object.entries(changes).reduce((text, [line, other]) => {
    expect(text).toContain(line);
    return text.replaceAll(line, other);
  }, block);
}

/** How a client comes through the proxy: by its name, which no server of names knows. */
interface Way {
  readonly origin: string;
  readonly ca: string;
}

const lookup: LookupFunction = (_, { all }, done) => {
  if (all === true) done(null, [{ address: PROXY, family: 4 }]);
  else done(null, PROXY, 4);
};

type Start = (skip: (note: string) => void, gatewayPort: number) => Promise<Way>;

const throughNginx: Start = async (skip, gatewayPort) => {
  const directory = await makeTemporaryDirectory();
  const [cert, key] = [join(directory, 'cert.pem'), join(directory, 'key.pem')];
  const subject = ['-subj', `/CN=${NAME}`, '-addext', `subjectAltName=DNS:${NAME}`];
  const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', key];
  execFileSync('openssl', ['req', '-x509', '-days', '2', ...kind, '-out', cert, ...subject], { stdio: 'ignore' });
  const port = await freePort();
  const changes = {
    'listen 443 ssl;': `listen ${PROXY}:${port} ssl;`,
    '/etc/ssl/certs/tandem.home.pem': cert,
    '/etc/ssl/private/tandem.home.key': key,
    '127.0.0.1:8420': `127.0.0.1:${gatewayPort}`,
  };
  await startNginx(skip, linesOf('nginx', changes));
  return { origin: `https://${NAME}:${port}`, ca: await readFile(cert, 'utf8') };
};

const throughCaddy: Start = async (skip, gatewayPort) => {
  const port = await freePort();
  const changes = {
    [`${NAME} {`]: `https://${NAME}:${port} {\n\tbind ${PROXY}`,
    '127.0.0.1:8420': `127.0.0.1:${gatewayPort}`,
  };
  const { directory } = await startCaddy(skip, linesOf('caddyfile', changes));
  const ca = await readFile(join(directory, 'pki/authorities/local/root.crt'), 'utf8');
  while (!(await isServed(port, ca)));
  return { origin: `https://${NAME}:${port}`, ca };
};

/** Whether the certificate is in use: Caddy has it a moment before. */
async function isServed(port: number, ca: string): Promise<boolean> {
  const socket = connect({ host: PROXY, port, ca, servername: NAME });
  try {
    await once(socket, 'secureConnect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

const FORGED = { 'x-forwarded-for': '6.6.6.6' };

function openThrough({ origin, ca }: Way): Promise<RawClient> {
  const url = `${origin.replace('https', 'wss')}/v1/ws`;
  // ws passes it on to the socket, and its declarations do not say so.
  const options = { ca, origin, lookup, localAddress: CLIENT, headers: FORGED };
  return openRaw(url, options);
}

async function askThrough(
  { origin, ca }: Way,
  path: string,
  { method = 'GET', token, type, body }: { method?: string; token: string; type?: string; body?: string | Buffer },
): Promise<IncomingMessage> {
  const headers = {
    ...FORGED,
    origin,
    authorization: `Bearer ${token}`,
    ...(type !== undefined && { 'content-type': type }),
    ...(body !== undefined && { 'content-length': Buffer.byteLength(body) }),
  };
  const asked = request(`${origin}${path}`, { method, ca, lookup, localAddress: CLIENT, headers });
  onTestFinished(() => void asked.destroy());
  asked.end(body);
  const [answer] = (await once(asked, 'response')) as [IncomingMessage]; // Node's word
  return answer;
}

/** Resolves when this has come, however the stream is cut. */
async function untilRead(stream: IncomingMessage, wanted: RegExp): Promise<void> {
  let text = '';
  for await (const piece of stream) {
    text += String(piece);
    if (wanted.test(text)) return;
  }
  throw new Error(`the stream ended with: ${text}`);
}

async function holdSession(stage: Stage, client: RawClient): Promise<void> {
  await client.call('registerApp', { moduleName: 'entry', abilityName: 'EntryAbility', onCollaborate: true });
  const phone = await openApp(stage.phone);
  const ends = await connectBetween(client, phone);
  await client.call('sendMessage', { sessionId: ends.kitchen.sessionId, msg: 'through' });
  expect(await phone.notifications('event').next()).toMatchObject({ type: 'connect' });
  expect(await phone.notifications('event').next()).toMatchObject({ type: 'receiveMessage', msg: 'through' });
  await phone.call('sendMessage', { sessionId: ends.phone.sessionId, msg: 'and back' });
  const isText = async (): Promise<unknown> => (await client.notifications('event').next())['msg'] ?? isText();
  expect(await isText()).toBe('and back');
}

describe.each([
  ['nginx', throughNginx],
  ['Caddy', throughCaddy],
] as const)('%s, by the lines of docs/proxy.md', (_, start) => {
  it('carries a session by WebSocket, and says where its client is', async ({ skip }) => {
    const stage = await createStage({ trustedProxies: [PROXY] });
    const way = await start(skip, stage.kitchen.gateway.port);
    const client = await openThrough(way);
    await client.call('authenticate', { token: await createToken(stage.kitchen) });
    expect(await stage.kitchen.log.lines('client authenticated').next()).toMatchObject({ address: CLIENT });
    await holdSession(stage, client);
  });

  it('carries event streams as they are written, and the largest bodies', async ({ skip }) => {
    const stage = await createStage({ trustedProxies: [PROXY] });
    const way = await start(skip, stage.kitchen.gateway.port);
    const token = await createToken(stage.kitchen);
    const stream = await askThrough(way, '/v1/events?targets=sessions', { token });
    expect(stream.statusCode).toBe(200);
    const seen = untilRead(stream, /event: update\ndata: .*"state":"connected"/);
    const phone = await openApp(stage.phone);
    const app = await openApp(stage.kitchen);
    const sessionId = await createSession(app, 'phone');
    const connecting = app.call('connect', { sessionId });
    await acceptNext(phone);
    await connecting;
    await seen;

    await askThrough(way, '/v1/apps/entry/Http', { method: 'PUT', token, type: 'application/json', body: '{}' });
    const body = Buffer.alloc(75 * 1_024 * 1_024);
    const type = 'application/octet-stream';
    const answer = await askThrough(way, '/v1/sessions/1/data', { method: 'POST', token, type, body });
    // The gateway's word, and not the proxy's that it is too large.
    expect([answer.statusCode, answer.headers['content-type']]).toEqual([404, expect.stringContaining('json')]);
  });
});

describe('docs/proxy.md', () => {
  it('has settings that are valid, and trusts the proxy of its own lines', async () => {
    const text = linesOf('yaml', {});
    expect(await problemsOf({ text })).toEqual([]);
    expect(parse(text)).toEqual({ gateway: { publicUrl: `https://${NAME}`, trustedProxies: [PROXY] } });
  });

  it('has lines for Traefik that are YAML: one router of the name, to one service at the gateway', () => {
    const page = readFileSync('docs/proxy.md', 'utf8');
    const [, block = ''] = /## Traefik[\s\S]*?```yaml\n([\s\S]*?)```/.exec(page) ?? [];
    const { http } = parse(block);
    const [[name, router]] = Object.entries<Record<string, unknown>>(http.routers) as [
      [string, Record<string, unknown>],
    ]; // one
    expect([name, router['rule'], router['service']]).toEqual(['tandem', `Host(\`${NAME}\`)`, 'tandem']);
    expect(http.services.tandem.loadBalancer.servers).toEqual([{ url: 'http://127.0.0.1:8420' }]);
  });
});
