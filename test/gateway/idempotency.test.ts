import { describe, expect, it } from 'vitest';
import { createRememberedCalls, markCall } from '../../src/gateway/remembered-calls.js';
import { writeSendData } from '../../src/protocol/data-frame.js';
import { MAX_REMEMBERED_BYTES, MAX_REMEMBERED_CALLS, REMEMBER_CALL_MS } from '../../src/protocol/limits.js';
import { connectedPair, createStage, failureOf, openClient } from './fixture.js';
import type { Params } from './raw-client.js';

describe('a call with an idempotency key', () => {
  it('is carried out once, however often it is made, also on another connection', async () => {
    const stage = await createStage();
    const { kitchen, phone } = await connectedPair(stage);
    const params = { sessionId: kitchen.sessionId, msg: 'once', idempotencyKey: 'k1' };
    expect(await kitchen.client.call('sendMessage', params)).toBeNull();
    expect(await kitchen.client.call('sendMessage', params)).toBeNull();
    await kitchen.client.drop();
    await stage.kitchen.log.lines('client gone').next();
    const back = await openClient(stage.kitchen);
    await back.call('registerApp', { moduleName: 'entry', abilityName: 'EntryAbility', onCollaborate: true });
    expect(await back.call('sendMessage', params)).toBeNull();
    await back.call('sendMessage', { ...params, msg: 'last', idempotencyKey: 'k2' });
    expect(messagesOf(phone.client.notifications('event').all)).toEqual(['once', 'last']);
  });

  it('joins the first while that is under way, and gets its answer', async () => {
    const stage = await createStage();
    const { kitchen, phone } = await connectedPair(stage);
    const params = { sessionId: kitchen.sessionId, msg: 'once', idempotencyKey: 'k1' };
    const answers = await Promise.all([1, 2, 3].map(() => kitchen.client.call('sendMessage', params)));
    expect(answers).toEqual([null, null, null]);
    await kitchen.client.call('sendMessage', { sessionId: kitchen.sessionId, msg: 'last' });
    expect(messagesOf(phone.client.notifications('event').all)).toEqual(['once', 'last']);
  });

  it('has data in a binary frame, too', async () => {
    const stage = await createStage();
    const { kitchen, phone } = await connectedPair(stage);
    const frame = (id: number, text: string, key: string): Uint8Array =>
      writeSendData(id, kitchen.sessionId, Buffer.from(text), key);
    kitchen.client.sendRaw(frame(1, 'once', 'k1'));
    kitchen.client.sendRaw(frame(2, 'once', 'k1'));
    kitchen.client.sendRaw(frame(3, 'else', 'k1'));
    kitchen.client.sendRaw(frame(4, 'last', 'k2'));
    await phone.client.binaries.next();
    await phone.client.binaries.next();
    expect(phone.client.binaries.all.map((binary) => binary.subarray(13).toString())).toEqual(['once', 'last']);
    expect(kitchen.client.texts.all.filter((text) => text.includes('idempotencyKeyReused'))).toHaveLength(1);
  });

  it('is refused when its key belongs to a call with other parameters or another method', async () => {
    const { kitchen } = await connectedPair(await createStage());
    const { client, sessionId } = kitchen;
    await client.call('sendMessage', { sessionId, msg: 'one', idempotencyKey: 'k' });
    for (const [method, params] of [
      ['sendMessage', { sessionId, msg: 'two' }],
      ['disconnect', { sessionId }],
    ] as const) {
      expect(await failureOf(client.call(method, { ...params, idempotencyKey: 'k' }))).toEqual({
        code: -32012,
        kind: 'idempotencyKeyReused',
      });
    }
  });

  it('gets the same error again, and is carried out when its parameters were refused before', async () => {
    const { kitchen } = await connectedPair(await createStage());
    const { client, sessionId } = kitchen;
    const wrong = { sessionId: 999, msg: 'x', idempotencyKey: 'k1' };
    for (const _ of [1, 2]) {
      expect(await failureOf(client.call('sendMessage', wrong))).toMatchObject({ kind: 'sessionNotFound' });
    }
    const unfit = client.call('sendMessage', { sessionId, idempotencyKey: 'k2' });
    expect(await failureOf(unfit)).toMatchObject({ kind: 'invalidParameter' });
    expect(await client.call('sendMessage', { sessionId, msg: 'x', idempotencyKey: 'k2' })).toBeNull();
  });

  it.each(['', 'with space', 'ä', 'x'.repeat(65), 7])('is refused with a key that is none: %j', async (key) => {
    const { kitchen } = await connectedPair(await createStage());
    const call = kitchen.client.call('disconnect', { sessionId: kitchen.sessionId, idempotencyKey: key });
    expect(await failureOf(call)).toMatchObject({ kind: 'invalidParams' });
  });
});

describe('the memory of calls', () => {
  it('forgets the calls answered or repeated longest ago, first', () => {
    const { counted, run } = memory();
    for (let call = 0; call < MAX_REMEMBERED_CALLS; call += 1) run(`k${call}`);
    run('k0');
    run('one more');
    run('k0');
    expect(counted.get('k0')).toBe(1);
    run('k1');
    expect(counted.get('k1')).toBe(2);
  });

  it('is bounded in bytes', () => {
    const { counted, run } = memory();
    const longest = MAX_REMEMBERED_BYTES / 2;
    for (const key of ['a', 'b']) run(key, () => [' '.repeat(longest)]);
    run('b');
    run('a');
    expect(counted).toEqual(
      new Map([
        ['a', 2],
        ['b', 1],
      ]),
    );
  });

  it('forgets what was answered long ago', () => {
    const { counted, run, clock } = memory();
    run('a');
    clock.now += REMEMBER_CALL_MS - 1;
    run('b');
    run('a');
    clock.now += REMEMBER_CALL_MS;
    run('a');
    expect(counted.get('a')).toBe(2);
  });

  it('takes no more calls that wait for their answer than it can remember, and never forgets one', () => {
    const { counted, run } = memory();
    const never = (): Promise<void> => new Promise(() => {});
    for (let call = 0; call < MAX_REMEMBERED_CALLS; call += 1) run(`k${call}`, never);
    expect(() => run('one more', never)).toThrow('Too many calls');
    run('k0', never);
    expect(counted.get('k0')).toBe(1);
  });

  it('hands a failure to everybody who asks', async () => {
    const { run } = memory();
    const fail = (): Promise<void> => Promise.reject(new Error('no'));
    const both = await Promise.allSettled([run('k', fail), run('k', fail)]);
    expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(() => run('k', fail)).toThrow('no');
  });
});

function messagesOf(events: readonly Params[]): unknown[] {
  return events.filter(({ type }) => type === 'receiveMessage').map(({ msg }) => msg);
}

/** Counts how often the call of each key is carried out. */
function memory() {
  const clock = { now: 0 };
  const calls = createRememberedCalls({ now: () => clock.now });
  const counted = new Map<string, number>();
  const run = (key: string, work: () => unknown = () => null): unknown =>
    calls.once(key, markCall('test', ''), () => {
      counted.set(key, (counted.get(key) ?? 0) + 1);
      return work();
    });
  return { clock, counted, run };
}
