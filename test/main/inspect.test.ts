import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join, resolve } from 'node:path';
import { createWebSocketReceiver, type StatelyInspectionEvent } from '@statelyai/inspect';
import { build } from 'vite';
import { describe, expect, it, onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { createMachine } from 'xstate';
import type { Grant } from '../../src/broker/tokens.js';
import { run } from '../../src/main/run.js';
import { APP, createHome, type Home, openEchoSession } from '../client/fixture.js';
import { createMailbox, type Mailbox } from '../conformance/mailbox.js';
import { openTab, STORY_TIMEOUT_MS } from '../page/browser.js';
import { createRecordedIo, makeTemporaryDirectory, type RecordedIo } from './recorded-io.js';

interface Inspecting {
  readonly io: RecordedIo;
  readonly port: number;
  readonly finished: Promise<number>;
}

describe('tandem inspect', () => {
  it("tells the Stately inspector's own receiver what happens, and ends on Ctrl+C", async () => {
    const home = await createHome();
    const { io, port, finished } = await inspect(home);
    const events = receive(port);
    const client = await home.connect();
    await client.registerApp(APP);
    const { sessionId } = await openEchoSession(client);
    const actor = await nextOf(events, ({ type }) => type === '@xstate.actor');
    expect(actor).toMatchObject({ name: `session-${sessionId}`, rootId: `session-${sessionId}` });
    const { definition = '' } = actor as { definition?: string }; // an actor, as was seen
    expect(Object.keys(createMachine(JSON.parse(definition)).states)).toContain('suspended');
    await nextOf(events, (event) => event.type === '@xstate.snapshot' && stateOf(event) === 'connected');
    io.interrupt();
    expect(await finished).toBe(0);
    expect(io.errLines).toEqual([]);
  });

  it('tells every tool of the sessions that are there', async () => {
    const home = await createHome();
    const client = await home.connect();
    await client.registerApp(APP);
    await openEchoSession(client);
    const { port } = await inspect(home);
    for (const events of [receive(port), receive(port)]) {
      expect(stateOf(await nextOf(events, ({ type }) => type === '@xstate.actor'))).toBe('connected');
    }
  });

  it.each([
    ['a page from elsewhere', { origin: 'https://elsewhere.example' }],
    ['a name that leads here for a moment', { host: 'elsewhere.example:8080' }],
    ['a page of that name', { host: 'elsewhere.example:8080', origin: 'http://elsewhere.example:8080' }],
  ])('refuses %s', async (_, headers) => {
    const { port } = await inspect(await createHome());
    const socket = new WebSocket(`ws://127.0.0.1:${port}`, { headers });
    const [error] = await once(socket, 'error');
    expect(String(error)).toContain('401');
  });

  it('lets pages of this machine in', async () => {
    const { port } = await inspect(await createHome());
    const socket = new WebSocket(`ws://127.0.0.1:${port}`, { headers: { origin: 'http://localhost:5173' } });
    onTestFinished(() => socket.terminate());
    await once(socket, 'open');
  });

  it('ends with the gateway', async () => {
    const home = await createHome();
    const { io, port, finished } = await inspect(home);
    const socket = new WebSocket(`ws://127.0.0.1:${port}`);
    await once(socket, 'open');
    const closed = once(socket, 'close');
    await home.stopGateway();
    expect(await finished).toBe(1);
    expect(io.errLines.at(-1)).toContain('The gateway is shutting down.');
    expect(Number((await closed)[0])).toBeGreaterThan(1000);
  });

  it('says to the tool, and to whoever started it, that the token may not look', async () => {
    const { io, port } = await inspect(await createHome(), { scopes: ['drive'] });
    const socket = new WebSocket(`ws://127.0.0.1:${port}`);
    const [code, reason] = await once(socket, 'close');
    expect([code, String(reason)]).toEqual([1011, expect.stringContaining('It lacks the scope read.')]);
    expect(io.errLines).toEqual([expect.stringContaining('It lacks the scope read.')]);
  });

  it('says so when the port is taken', async () => {
    const home = await createHome();
    const { port } = await inspect(home);
    const io = createRecordedIo();
    const args = ['inspect', ...(await accessTo(home)), '--port', `${port}`];
    expect(await run(args, io)).toBe(1);
    expect(io.errLines[0]).toBe(`tandem: Port ${port} is in use by another program.`);
  });

  it.each([
    [['--port', '70000'], '--port takes a whole number from 0 to 65535, not "70000".'],
    [['--inspector', 'file:///x'], '--inspector takes the address of a page, not "file:///x".'],
  ])('refuses %j', async (args, words) => {
    const io = createRecordedIo();
    expect(await run(['inspect', ...args], io)).toBe(2);
    expect(io.errLines[0]).toBe(`tandem: ${words}`);
  });
});

describe('the page of tandem inspect', () => {
  it('hands an inspector what happens', { timeout: STORY_TIMEOUT_MS }, async (context) => {
    const home = await createHome();
    const inspector = await serveReceiver();
    const { port } = await inspect(home, {}, ['--inspector', inspector]);
    const { page, problems } = await openTab(context, `http://localhost:${port}/`);
    await page.getByRole('status').getByText('Sessions of Tandem, live').waitFor();
    const client = await home.connect();
    await client.registerApp(APP);
    const { sessionId } = await openEchoSession(client);
    await page.frameLocator('iframe').getByText(`session-${sessionId} connected`).first().waitFor();
    await home.stopGateway();
    await page.getByRole('status').getByText('Not connected:').waitFor();
    expect(problems.filter((problem) => !problem.includes(inspector))).toEqual([]);
  });
});

/** Runs the command until the end of the test. */
async function inspect(home: Home, grant: Partial<Grant> = {}, args: readonly string[] = []): Promise<Inspecting> {
  const io = createRecordedIo();
  const finished = run(['inspect', '--port', '0', ...(await accessTo(home, grant)), ...args], io);
  onTestFinished(async () => {
    io.interrupt();
    await finished;
  });
  const line = await io.whenOut(/^For programs: /);
  return { io, port: Number(/\d+$/.exec(line)?.[0]), finished };
}

async function accessTo(home: Home, grant: Partial<Grant> = {}): Promise<string[]> {
  const file = join(await makeTemporaryDirectory(), 'token');
  await writeFile(file, await home.createToken(grant));
  return ['--url', home.gateway.url, '--token-file', file];
}

function receive(port: number): Mailbox<StatelyInspectionEvent> {
  const events = createMailbox<StatelyInspectionEvent>();
  createWebSocketReceiver({ server: `ws://localhost:${port}` }).subscribe((event) => events.post(event));
  return events;
}

async function nextOf(
  events: Mailbox<StatelyInspectionEvent>,
  isWanted: (event: StatelyInspectionEvent) => boolean,
): Promise<StatelyInspectionEvent> {
  const event = await events.next();
  return isWanted(event) ? event : nextOf(events, isWanted);
}

function stateOf(event: StatelyInspectionEvent): unknown {
  return 'snapshot' in event ? Object(event.snapshot).value : undefined;
}

/** A page that writes down what the browser's receiver of @statelyai/inspect hears. Answers with its address. */
async function serveReceiver(): Promise<string> {
  const output = await build({
    configFile: false,
    logLevel: 'silent',
    build: { write: false, lib: { entry: resolve('test/main/receiver-page.ts'), formats: ['es'] } },
  });
  const [bundle] = Array.isArray(output) ? output : [output];
  const script = bundle !== undefined && 'output' in bundle ? bundle.output[0].code : '';
  const server: Server = createServer(({ url }, response) => {
    const isScript = url === '/receiver.js';
    response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html');
    response.end(isScript ? script : '<!doctype html><body><script type="module" src="/receiver.js"></script>');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`; // it listens on TCP
}
