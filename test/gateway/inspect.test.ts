import { once } from 'node:events';
import type { StatelyInspectionEvent } from '@statelyai/inspect';
import { describe, expect, it, onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import type { Grant } from '../../src/broker/tokens.js';
import { FIRST_SESSION_ID, MAX_INSPECTED_SESSIONS, MAX_INSPECTORS } from '../../src/protocol/limits.js';
import { createMailbox, type Mailbox } from '../conformance/mailbox.js';
import { BUNDLE, connectedPair, createSession, createStage, createToken, openApp, type Station } from './fixture.js';

interface Inspector {
  readonly socket: WebSocket;
  readonly events: Mailbox<StatelyInspectionEvent>;
  readonly closed: Promise<number>;
}

describe('/v1/inspect', () => {
  it('tells of sessions and peers in the shape of the Stately inspector', async () => {
    const stage = await createStage();
    const { events } = await inspect(stage.kitchen);
    await connectedPair(stage);
    const actor = await events.next();
    expect(actor).toMatchObject({
      type: '@xstate.actor',
      sessionId: 'session-100',
      rootId: 'session-100',
      name: 'session-100',
    });
    const { definition } = actor as { definition: string }; // an actor, as was seen
    expect(JSON.parse(definition)).toMatchObject({ id: 'session', initial: 'created' });
    expect(await events.next()).toMatchObject({
      sessionId: 'session-100-peer',
      rootId: 'session-100',
      parentId: 'session-100',
    });
    const all = await until(events, isConnected);
    for (const event of [actor, ...all]) {
      expect(event).toMatchObject({
        id: expect.any(String),
        createdAt: expect.stringMatching(/^\d{13}$/),
        _version: '0.7.2',
      });
    }
    const ids = all.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    const states = all.flatMap((event) =>
      event.type === '@xstate.snapshot' && event.sessionId === 'session-100' ? [event] : [],
    );
    expect(states).toMatchObject([
      { event: { type: 'connect' }, snapshot: { status: 'active', value: 'connecting' } },
      { event: { type: 'peer.accept' }, snapshot: { status: 'active', value: 'connected' } },
    ]);
  });

  it('tells whoever comes later where the sessions are', async () => {
    const stage = await createStage();
    await connectedPair(stage);
    const { events } = await inspect(stage.kitchen);
    expect(await events.next()).toMatchObject({ sessionId: 'session-100', snapshot: { value: 'connected' } });
  });

  it('tells of the newest sessions at once, and of another one when something happens to it', async () => {
    const stage = await createStage();
    const app = await openApp(stage.kitchen);
    const excess = 2;
    for (let count = 0; count < MAX_INSPECTED_SESSIONS + excess; count += 1)
      await createSession(app, 'phone', `${count}`);
    const { events } = await inspect(stage.kitchen);
    expect(await events.next()).toMatchObject({ sessionId: `session-${FIRST_SESSION_ID + excess}` });
    await app.call('destroyAbilityConnectionSession', { sessionId: FIRST_SESSION_ID });
    const all = await until(events, ({ type }) => type === '@xstate.snapshot');
    const actors = all.flatMap((event) => (event.type === '@xstate.actor' ? [event.sessionId] : []));
    expect(actors.slice(-2)).toEqual([`session-${FIRST_SESSION_ID}`, `session-${FIRST_SESSION_ID}-peer`]);
    expect(actors).toHaveLength(2 * MAX_INSPECTED_SESSIONS + 1);
  });

  it('says nothing secret: no context, and of events only their type', async () => {
    const stage = await createStage();
    const { events } = await inspect(stage.kitchen);
    await connectedPair(stage);
    for (const event of await until(events, isConnected)) {
      if (event.type !== '@xstate.actor') expect(Object.keys(event.event)).toEqual(['type']);
      if (event.type === '@xstate.snapshot') expect(Object(event.snapshot).context).toEqual({});
    }
  });

  it('shows the sessions of the own bundle only, without the scope admin', async () => {
    const stage = await createStage();
    const other = await inspect(stage.kitchen, { bundleName: 'com.example.other' });
    const admin = await inspect(stage.kitchen, { bundleName: 'com.example.other', scopes: ['read', 'admin'] });
    await connectedPair(stage);
    await until(admin.events, isConnected);
    expect(other.events.all).toEqual([]);
  });

  it('needs the scope read', async () => {
    const { kitchen } = await createStage();
    expect(await (await inspect(kitchen, { scopes: ['drive'] })).closed).toBe(4501);
  });

  it('listens to nothing after authentication', async () => {
    const { kitchen } = await createStage();
    const { socket, closed } = await inspect(kitchen);
    socket.send('{"jsonrpc":"2.0","id":2,"method":"ping"}');
    expect(await closed).toBe(4502);
  });

  it('has room for so many and no more', async () => {
    const { kitchen } = await createStage();
    for (let count = 0; count < MAX_INSPECTORS; count += 1) await inspect(kitchen);
    expect(await (await inspect(kitchen)).closed).toBe(4013);
  });
});

/** A tool that has authenticated, or was refused. */
async function inspect(station: Station, changes: Partial<Grant> = {}): Promise<Inspector> {
  const { gateway } = station;
  const token = await createToken(station, { bundleName: BUNDLE, ...changes });
  const socket = new WebSocket(gateway.url.replace('/v1/ws', '/v1/inspect'));
  onTestFinished(() => socket.terminate());
  const closed = once(socket, 'close').then(([code]) => Number(code));
  const events = createMailbox<StatelyInspectionEvent>();
  const answered = new Promise<void>((resolve) => {
    socket.on('message', (data: Buffer) => {
      const frame = JSON.parse(data.toString());
      if (frame.id === 1) resolve();
      else if (frame.method !== 'hello') events.post(frame);
    });
  });
  await once(socket, 'open');
  socket.send(JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'authenticate', params: { token } }));
  await answered;
  return { socket, events, closed };
}

function isConnected(event: StatelyInspectionEvent): boolean {
  return event.type === '@xstate.snapshot' && 'value' in event.snapshot && event.snapshot.value === 'connected';
}

/** What came up to that event, and it. */
async function until(
  events: Mailbox<StatelyInspectionEvent>,
  isLast: (event: StatelyInspectionEvent) => boolean,
): Promise<StatelyInspectionEvent[]> {
  const event = await events.next();
  return isLast(event) ? [event] : [event, ...(await until(events, isLast))];
}
