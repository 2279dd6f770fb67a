import { describe, expect, it } from 'vitest';
import type { MethodResult } from '../../src/protocol/calls.js';
import { APP_GRACE_MS } from '../../src/protocol/limits.js';
import {
  APP,
  acceptNext,
  BUNDLE,
  connectBetween,
  connectedPair,
  createSession,
  createStage,
  type End,
  failureOf,
  openApp,
  openClient,
  type Stage,
} from './fixture.js';
import type { Params, RawClient } from './raw-client.js';

type Registered = MethodResult<'registerApp'>;

describe('an app whose connection was lost', () => {
  it('comes back to its sessions, its listeners and what was held for it', async () => {
    const stage = await createStage();
    const { kitchen, phone } = await connectedPair(stage);
    await phone.client.drop();
    await stage.phone.log.lines('client gone').next();
    for (const msg of ['one', 'two']) await say(kitchen, msg);

    const back = await openClient(stage.phone);
    const registered = await register(back);
    expect(registered).toMatchObject({ resumed: true, recovered: false });
    expect(registered.sessions).toMatchObject([{ sessionId: phone.sessionId, state: 'connected' }]);
    await say(kitchen, 'three');
    expect(await messages(back, 3)).toEqual(['one', 'two', 'three']);
    await say({ client: back, sessionId: phone.sessionId }, 'back');
    expect(await messages(kitchen.client, 1)).toEqual(['back']);
  });

  it('gets exactly what it missed when it says where it was', async () => {
    const stage = await createStage();
    const { kitchen, phone } = await connectedPairOf(stage);
    for (const msg of ['one', 'two', 'three']) await say(kitchen, msg);
    const events = phone.client.notifications('event');
    await messages(phone.client, 3);
    const seen = events.all.find(({ msg }) => msg === 'two');
    await phone.client.drop();
    await stage.phone.log.lines('client gone').next();
    await say(kitchen, 'four');

    const back = await openClient(stage.phone);
    const resume = { epoch: phone.epoch, offset: Number(seen?.['offset']) };
    const registered = await register(back, { resume });
    expect(registered).toMatchObject({ resumed: true, recovered: true, epoch: phone.epoch, offset: resume.offset });
    expect(await messages(back, 2)).toEqual(['three', 'four']);
  });

  it('is told when its position is not known any more, and gets everything that is kept', async () => {
    const stage = await createStage();
    const { kitchen, phone } = await connectedPairOf(stage);
    await say(kitchen, 'one');
    await phone.client.drop();
    await stage.phone.log.lines('client gone').next();

    for (const resume of [
      { epoch: 'another', offset: 1 },
      { epoch: phone.epoch, offset: 99 },
    ]) {
      const back = await openClient(stage.phone);
      expect(await register(back, { resume })).toMatchObject({ resumed: true, recovered: false, offset: 0 });
      expect(await messages(back, 1)).toEqual(['one']);
      await back.drop();
      await stage.phone.log.lines('client gone').next();
    }
  });

  it('gets the requests of its peers, too', async () => {
    const stage = await createStage();
    const phone = await openApp(stage.phone);
    const kitchen = await openApp(stage.kitchen);
    await phone.drop();
    await stage.phone.log.lines('client gone').next();
    const sessionId = await createSession(kitchen, 'phone');
    const connecting = kitchen.call('connect', { sessionId });
    await expect.poll(() => stage.kitchen.broker.listSessions()[0]?.state).toBe('connecting');

    const back = await openApp(stage.phone);
    await acceptNext(back);
    expect(await connecting).toMatchObject({ isConnected: true });
  });

  it('ends when it does not come back in time, and its peers are told', async () => {
    const stage = await createStage();
    const { kitchen, phone } = await connectedPair(stage);
    await phone.client.drop();
    await stage.phone.log.lines('client gone').next();
    stage.clock.increment(APP_GRACE_MS - 1);
    expect(stage.phone.broker.listSessions()).toHaveLength(1);
    stage.clock.increment(1);
    expect(await kitchen.client.notifications('event').next()).toMatchObject({ type: 'disconnect', reason: 1 });
    expect(stage.phone.broker.listSessions()).toEqual([]);
    expect(await register(await openClient(stage.phone))).toMatchObject({ resumed: false, sessions: [], offset: 0 });
  });

  it('ends at once when its client says goodbye with 1000', async () => {
    const stage = await createStage();
    const { kitchen, phone } = await connectedPair(stage);
    phone.client.socket.close(1000);
    expect(await kitchen.client.notifications('event').next()).toMatchObject({ type: 'disconnect', reason: 1 });
  });

  it('ends when its token is revoked', async () => {
    const stage = await createStage();
    const { kitchen, phone } = await connectedPair(stage);
    await phone.client.drop();
    await stage.phone.log.lines('client gone').next();
    await stage.phone.tokens.revoke(stage.phone.tokens.list()[0]?.tokenId ?? '');
    expect(await kitchen.client.notifications('event').next()).toMatchObject({ type: 'disconnect', reason: 1 });
  });
});

describe('an app that is taken', () => {
  it('is not given to anybody else', async () => {
    const { kitchen } = await createStage();
    await openApp(kitchen);
    const other = await openClient(kitchen);
    expect(await failureOf(register(other))).toMatchObject({ kind: 'appInUse' });
    expect(await failureOf(register(other, { resume: { epoch: 'guess', offset: 0 } }))).toMatchObject({
      kind: 'appInUse',
    });
  });

  it('is given to the same client when its old connection has not been noticed to be dead', async () => {
    const stage = await createStage();
    const { kitchen, phone } = await connectedPairOf(stage);
    const back = await openClient(stage.phone);
    const registered = await register(back, { resume: { epoch: phone.epoch, offset: 0 } });
    expect(registered).toMatchObject({ resumed: true, recovered: true });
    expect((await phone.client.closed).code).toBe(4510);
    await say(kitchen, 'hello');
    expect(await messages(back, 1)).toEqual(['hello']);
    expect(stage.phone.broker.listSessions()).toMatchObject([{ state: 'connected' }]);
  });

  it('is another app for a token with other rights: sessions are not inherited', async () => {
    const stage = await createStage();
    const { kitchen, phone } = await connectedPairOf(stage);
    await phone.client.drop();
    await stage.phone.log.lines('client gone').next();
    const system = await openClient(stage.phone, { isSystemApp: true });
    expect(await register(system, { resume: { epoch: phone.epoch, offset: 0 } })).toMatchObject({
      resumed: false,
      sessions: [],
    });
    expect(await kitchen.client.notifications('event').next()).toMatchObject({ type: 'disconnect', reason: 1 });
  });

  it('of the broker’s own process is not given to clients', async () => {
    const { kitchen } = await createStage();
    kitchen.broker.registerApp({ bundleName: BUNDLE, ...APP, permissions: [] });
    expect(await failureOf(register(await openClient(kitchen)))).toMatchObject({ kind: 'appInUse' });
  });
});

function register(client: RawClient, params: Params = {}): Promise<Registered> {
  return client.call('registerApp', { ...APP, onCollaborate: true, ...params }) as Promise<Registered>; // the table says so
}

/** As connectedPair, with the epoch of the phone's app. */
async function connectedPairOf(stage: Stage): Promise<{ kitchen: End; phone: End & { epoch: string } }> {
  const client = await openClient(stage.phone);
  const { epoch } = await register(client);
  const { kitchen, phone } = await connectBetween(await openApp(stage.kitchen), client);
  return { kitchen, phone: { ...phone, epoch } };
}

function say({ client, sessionId }: End, msg: string): Promise<unknown> {
  return client.call('sendMessage', { sessionId, msg });
}

/** The next so many messages that arrive; other events are passed over. */
async function messages(client: RawClient, count: number): Promise<unknown[]> {
  const found: unknown[] = [];
  while (found.length < count) {
    const event = await client.notifications('event').next();
    if (event['type'] === 'receiveMessage') found.push(event['msg']);
  }
  return found;
}
