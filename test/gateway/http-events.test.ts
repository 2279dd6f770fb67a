import { describe, expect, it } from 'vitest';
import { MAX_EVENT_STREAMS, MAX_TICKETS, STREAM_BEAT_MS, TICKET_LIFE_MS } from '../../src/protocol/http-limits.js';
import { APP, acceptNext, createStage, openApp, type Stage, type StationOptions } from './fixture.js';
import { baseOf, createHttpClient, type HttpClient, openHttp, type StreamReader, sessionBody } from './http-client.js';
import type { RawClient } from './raw-client.js';

const APP_ONLY = '?app=entry/EntryAbility&targets=';

describe('an event stream', () => {
  it('begins with a pause to retry after and all there is, then tells every change', async () => {
    const { kitchen } = await createStage();
    const client = await openHttp(kitchen);
    const stream = await client.stream();
    expect(stream.response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    const sessions = await stream.events.next();
    expect(stream.text()).toMatch(/^retry: \d+\n\n/);
    expect(sessions).toMatchObject({
      event: 'snapshot',
      data: { subscription: 'sessions', recovered: false, sessions: [] },
    });
    expect(sessions.id).toBe(`${sessions.data['epoch']}:0`);
    expect(await stream.events.next()).toMatchObject({ event: 'snapshot', data: { subscription: 'devices' } });

    await client.call('putApp', APP);
    await client.call('createSession', {}, sessionBody());
    const update = await stream.events.next();
    expect(update).toMatchObject({ event: 'update', data: { offset: 1, session: { state: 'created' } } });
    expect(update.id).toBe(`${sessions.data['epoch']}:1`);
  });

  it('resumes after the last id with every change since, or says that it cannot', async () => {
    const { kitchen } = await createStage();
    const client = await openHttp(kitchen);
    await client.call('putApp', APP);
    const first = await client.stream('?targets=sessions');
    const { id } = await first.events.next();
    first.drop();
    for (const serviceName of ['one', 'two']) await client.call('createSession', {}, sessionBody({ serviceName }));

    const header = { authorization: `Bearer ${client.token}`, 'last-event-id': id };
    for (const stream of [
      await client.stream('?targets=sessions', header),
      await client.stream(`?targets=sessions&since=${id}`),
    ]) {
      const { data } = await stream.events.next();
      expect(data).toMatchObject({ recovered: true, sessions: [{ serviceName: 'one' }, { serviceName: 'two' }] });
    }
    for (const wrong of ['x', 'abc:1', `${id.split(':')[0]}:999`, `${'a'.repeat(500)}:1`]) {
      const stream = await client.stream(`?targets=sessions&since=${wrong}`);
      expect((await stream.events.next()).data).toMatchObject({ recovered: false });
    }
  });

  it('shows only sessions that the token may see', async () => {
    const { kitchen } = await createStage();
    const other = await openHttp(kitchen, { bundleName: 'org.example.other' });
    const admin = await openHttp(kitchen, { bundleName: 'org.example.other', scopes: ['read', 'admin'] });
    const [hidden, seen] = [await other.stream('?targets=sessions'), await admin.stream('?targets=sessions')];
    const client = await openHttp(kitchen);
    await client.call('putApp', APP);
    await client.call('createSession', {}, sessionBody());
    await seen.events.next();
    expect((await seen.events.next()).event).toBe('update');
    expect(hidden.events.all.map(({ event }) => event)).toEqual(['snapshot']);
  });

  it('gives an app the events that came while nobody read, and after a lost stream each that was not read', async () => {
    const { kitchen, phone, sessionId } = await connectedStage();
    for (const msg of ['1', '2', '3']) await phone.client.call('sendMessage', { sessionId: phone.sessionId, msg });
    const first = await kitchen.stream(APP_ONLY);
    await first.events.next();
    const texts = [await first.events.next(), await first.events.next(), await first.events.next()];
    expect(texts.map(({ data }) => [data['sessionId'], data['msg']])).toEqual(
      ['1', '2', '3'].map((msg) => [sessionId, msg]),
    );

    first.drop();
    const second = await kitchen.stream(`${APP_ONLY}&since=${texts[0]?.id}`);
    expect((await second.events.next()).data).toMatchObject({ subscription: 'app', recovered: true, offset: 1 });
    expect((await second.events.next()).data).toMatchObject({ msg: '2' });
    expect((await second.events.next()).data).toMatchObject({ msg: '3' });
  });

  it('has a position for the sessions and one for the app, and resumes both', async () => {
    const { kitchen, phone } = await connectedStage();
    const first = await kitchen.stream('?app=entry/EntryAbility&targets=sessions');
    await first.events.next();
    await first.events.next();
    await phone.client.call('sendMessage', { sessionId: phone.sessionId, msg: '1' });
    const { id } = await first.events.next();
    expect(id.split(',')).toHaveLength(2);
    first.drop();
    await kitchen.call('createSession', {}, sessionBody({ serviceName: 'other' }));
    await phone.client.call('sendMessage', { sessionId: phone.sessionId, msg: '2' });
    const second = await kitchen.stream(`?app=entry/EntryAbility&targets=sessions&since=${id}`);
    const app = await second.events.next();
    const sessions = await second.events.next();
    expect([app.data['recovered'], sessions.data['recovered']]).toEqual([true, true]);
    expect(sessions.data['sessions']).toMatchObject([{ serviceName: 'other' }]);
    expect((await second.events.next()).data).toMatchObject({ msg: '2' });
  });

  it('says that it is not whole when the events after a position are not kept any more', async () => {
    const { kitchen, phone } = await connectedStage({ limits: { eventWindowBytes: 4_000 } });
    const first = await kitchen.stream(APP_ONLY);
    const { id } = await first.events.next();
    for (let index = 0; index < 40; index += 1) {
      await phone.client.call('sendMessage', { sessionId: phone.sessionId, msg: `${index}` });
      await first.events.next();
    }
    first.drop();
    const second = await kitchen.stream(`${APP_ONLY}&since=${id}`);
    const { data } = await second.events.next();
    expect(data['recovered']).toBe(false);
    expect((await second.events.next()).data['offset']).toBe(Number(data['offset']) + 1);
  });

  it('of an app makes way for who knows its position, and for nobody else', async () => {
    const { kitchen } = await connectedStage();
    const first = await kitchen.stream(APP_ONLY);
    const { id } = await first.events.next();
    expect((await kitchen.stream(APP_ONLY)).response.status).toBe(409);
    const second = await kitchen.stream(`${APP_ONLY}&since=${id}`);
    expect((await second.events.next()).data).toMatchObject({ recovered: true });
    await first.ended;
    expect(first.events.all.at(-1)).toMatchObject({ event: 'close', data: { code: 4510 } });
  });

  it('ends by itself when it shall not follow', async () => {
    const { kitchen, phone } = await connectedStage();
    await phone.client.call('sendMessage', { sessionId: phone.sessionId, msg: '1' });
    const stream = await kitchen.stream('?app=entry/EntryAbility&follow=false');
    await stream.ended;
    expect(stream.events.all.map(({ event }) => event)).toEqual(['snapshot', 'snapshot', 'snapshot', 'event']);
  });

  it('sends a comment now and then', async () => {
    const { clock, kitchen } = await createStage();
    const stream = await (await openHttp(kitchen)).stream('?targets=devices');
    await stream.events.next();
    clock.increment(STREAM_BEAT_MS);
    const { tokens } = kitchen;
    for (const { tokenId } of tokens.list()) await tokens.revoke(tokenId);
    await stream.ended;
    expect(stream.text()).toContain('\n\n:\n\n');
  });

  it('is one of a bounded number, and gives its place back', async () => {
    const { kitchen } = await createStage();
    const client = await openHttp(kitchen);
    const streams: StreamReader[] = [];
    for (let index = 0; index < MAX_EVENT_STREAMS; index += 1) streams.push(await client.stream('?targets='));
    expect((await client.stream()).response.status).toBe(429);
    const sibling = await openHttp(kitchen);
    expect((await sibling.stream('?targets=&follow=false')).response.status).toBe(200);
  });

  it.each([
    ['a target that does not exist', '?targets=rooms', 400],
    ['an app that is not registered', APP_ONLY, 404],
  ])('is refused for %s', async (_, query, status) => {
    const { kitchen } = await createStage();
    expect((await (await openHttp(kitchen)).stream(query)).response.status).toBe(status);
  });

  it('is not an app’s for a token that only reads', async () => {
    const { kitchen } = await createStage();
    const reader = await openHttp(kitchen, { scopes: ['read'] });
    expect((await reader.stream(APP_ONLY)).response.status).toBe(403);
  });
});

describe('a ticket', () => {
  it('opens one stream, once, without the token', async () => {
    const stage = await createStage();
    const { kitchen } = stage;
    const client = await openHttp(kitchen);
    const { ticket, lifeMs } = await client.call('createTicket');
    expect(lifeMs).toBe(TICKET_LIFE_MS);
    const page = createHttpClient(baseOf(kitchen), '');
    expect((await page.stream(`?ticket=${ticket}`, {})).response.status).toBe(200);
    expect(await refusal(stage, page, `?ticket=${ticket}`)).toBe(401);
  });

  it('is worth nothing after its time, or without its token', async () => {
    const stage = await createStage();
    const { clock, kitchen } = stage;
    const client = await openHttp(kitchen);
    const late = await client.call('createTicket');
    clock.increment(TICKET_LIFE_MS);
    expect(await refusal(stage, client, `?ticket=${late['ticket']}`)).toBe(401);
    const orphan = await client.call('createTicket');
    for (const { tokenId } of kitchen.tokens.list()) await kitchen.tokens.revoke(tokenId);
    expect(await refusal(stage, client, `?ticket=${orphan['ticket']}`)).toBe(401);
  });

  it('is one of a bounded number', async () => {
    const { clock, kitchen } = await createStage();
    const client = await openHttp(kitchen);
    for (let index = 0; index < MAX_TICKETS; index += 1) await client.call('createTicket');
    expect((await client.ask('createTicket')).body).toMatchObject({ kind: 'tooManyAtOnce' });
    clock.increment(TICKET_LIFE_MS);
    expect((await client.ask('createTicket')).status).toBe(201);
  });

  /** A wrong ticket is answered late, like a wrong token: the clock goes on once the gateway has seen it. */
  async function refusal({ clock, kitchen }: Stage, client: HttpClient, query: string): Promise<number> {
    const asked = client.stream(query, {});
    await kitchen.log.lines('wrong token').next();
    clock.increment(60_000);
    return (await asked).response.status;
  }
});

/** A session between an app over HTTP at the kitchen and one over a WebSocket at the phone. */
async function connectedStage(options: StationOptions = {}): Promise<{
  readonly kitchen: HttpClient;
  readonly sessionId: number;
  readonly phone: { readonly client: RawClient; readonly sessionId: number };
}> {
  const stage = await createStage(options);
  const client = await openApp(stage.phone);
  const kitchen = await openHttp(stage.kitchen);
  await kitchen.call('putApp', APP);
  const { sessionId } = await kitchen.call('createSession', {}, sessionBody());
  const connecting = kitchen.call('connect', { sessionId });
  const phone = { client, sessionId: await acceptNext(client) };
  await connecting;
  return { kitchen, phone, sessionId: Number(sessionId) };
}
