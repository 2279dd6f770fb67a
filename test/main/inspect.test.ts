import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { createWebSocketReceiver, type StatelyInspectionEvent } from '@statelyai/inspect';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createMachine } from 'xstate';
import { run } from '../../src/main/run.js';
import { APP, createHome, openEchoSession } from '../client/fixture.js';
import { createMailbox, type Mailbox } from '../conformance/mailbox.js';
import { accessTo, inspect } from './inspecting.js';
import { createRecordedIo } from './recorded-io.js';

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

  it('is what the program of docs/charts.md listens to', async () => {
    const home = await createHome();
    const { port } = await inspect(home);
    const page = readFileSync('docs/charts.md', 'utf8');
    const [, program = ''] = /^```js\n(import \{ createWebSocketReceiver.*?)^```$/ms.exec(page) ?? [];
    expect(program).toContain('localhost:8080');
    const listening = spawn(process.execPath, ['--input-type=module', '-e', program.replace('8080', `${port}`)]);
    onTestFinished(() => void listening.kill());
    const client = await home.connect();
    await client.registerApp(APP);
    const { sessionId } = await openEchoSession(client);
    const [line] = await once(createInterface(listening.stdout), 'line');
    expect(line).toBe(`@xstate.actor session-${sessionId}`);
  });

  it('tells programs where it is, as JSON', async () => {
    const home = await createHome();
    const io = createRecordedIo();
    const finished = run(['inspect', '--port', '0', '--json', ...(await accessTo(home))], io);
    const line = await io.whenOut(/^\{/);
    io.interrupt();
    await finished;
    const { programs, ...others } = JSON.parse(line);
    const port = /^ws:\/\/localhost:(\d+)$/.exec(programs)?.[1];
    expect(others).toEqual({ page: `http://localhost:${port}/`, inspector: 'https://stately.ai/inspect' });
    expect(io.outLines).toEqual([line]);
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
    [
      ['--port', '70000'],
      "option '--port <PORT>' argument '70000' is invalid. It takes a whole number from 0 to 65535.",
    ],
    [
      ['--inspector', 'file:///x'],
      "option '--inspector <URL>' argument 'file:///x' is invalid. It takes the address of a page.",
    ],
  ])('refuses %j', async (args, words) => {
    const io = createRecordedIo();
    expect(await run(['inspect', ...args], io)).toBe(2);
    expect(io.errLines[0]).toBe(`tandem: ${words}`);
  });
});

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
