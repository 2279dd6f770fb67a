import { describe, expect, it } from 'vitest';
import { readReceivedData } from '../../src/protocol/data-frame.js';
import { CREDIT_WINDOW_BYTES } from '../../src/protocol/limits.js';
import { turns } from '../support/time.js';
import {
  createSession,
  createStage,
  createToken,
  type End,
  openApp,
  openClient,
  type Stage,
  tokenOf,
} from './fixture.js';
import { baseOf } from './http-client.js';
import type { RawClient } from './raw-client.js';

/** A session whose phone has accepted and asked for no event. */
async function deafPair(stage: Stage): Promise<{ readonly kitchen: End; readonly phone: End }> {
  const phone = await openApp(stage.phone);
  const kitchen = await openApp(stage.kitchen);
  const sessionId = await createSession(kitchen, 'phone');
  const connecting = kitchen.call('connect', { sessionId });
  const token = tokenOf(await phone.notifications('collaborate').next());
  const accepted = await createSession(phone, 'kitchen');
  await phone.call('acceptConnect', { sessionId: accepted, token });
  expect(await connecting).toMatchObject({ isConnected: true });
  return { kitchen: { client: kitchen, sessionId }, phone: { client: phone, sessionId: accepted } };
}

describe('a client that asks for events late', () => {
  it('gets what came before, in its order where it asks for both kinds at once, after the answers', async () => {
    const { kitchen, phone } = await deafPair(await createStage());
    await say(kitchen, 'one');
    await kitchen.client.call('sendData', { sessionId: kitchen.sessionId, data: 'AAAA' });
    await say(kitchen, 'two');
    const { client, sessionId } = phone;
    const known = client.texts.all.length;
    await Promise.all([
      client.call('on', { type: 'receiveData', sessionId, encoding: 'base64' }),
      client.call('on', { type: 'receiveMessage', sessionId }),
      client.call('on', { type: 'connect', sessionId }),
    ]);
    await say(kitchen, 'three');
    const frames = client.texts.all.slice(known).map((text) => JSON.parse(text));
    expect(
      frames.map(({ result, params }) => result ?? params?.msg ?? params?.data ?? params?.type ?? 'answer'),
    ).toEqual(['answer', 'answer', 'answer', 'connect', 'one', 'AAAA', 'two', 'three']);
  });

  it('stops its peer meanwhile, costs no event window, and misses nothing', async () => {
    const stage = await createStage({ limits: { callsInFlight: 1_000 } });
    const { kitchen, phone } = await deafPair(stage);
    let answered = 0;
    const sends = Array.from({ length: 500 }, (_, index) =>
      say(kitchen, `${index} `.padEnd(1_000, 'x')).then(() => {
        answered += 1;
      }),
    );
    await expect.poll(() => answered, { timeout: 20_000 }).toBeGreaterThan(200);
    await turns(200);
    expect(answered).toBeLessThanOrEqual(CREDIT_WINDOW_BYTES / 1_064);
    expect(stage.phone.broker.counters().unheardBytes).toBeLessThanOrEqual(CREDIT_WINDOW_BYTES);
    expect(await metric(stage, 'tandem_seat_bytes')).toBeLessThan(2_000);
    expect(await metric(stage, 'tandem_unheard_bytes')).toBeGreaterThan(200_000);

    const { client, sessionId } = phone;
    await client.call('on', { type: 'receiveMessage', sessionId });
    await Promise.all(sends);
    // A send that has resolved is at the phone's broker; on the way to its client it may still be.
    await expect.poll(() => numbers(client).length, { timeout: 20_000 }).toBe(sends.length);
    expect(numbers(client)).toEqual(sends.map((_, index) => index));
    expect(await metric(stage, 'tandem_unheard_bytes')).toBe(0);
  });

  it('gets what came between off and on, and data in the encoding that it asked for last', async () => {
    const { kitchen, phone } = await deafPair(await createStage());
    const { client, sessionId } = phone;
    await client.call('on', { type: 'receiveData', sessionId, encoding: 'base64' });
    await client.call('off', { type: 'receiveData', sessionId });
    await kitchen.client.call('sendData', { sessionId: kitchen.sessionId, data: 'AQID' });
    await client.call('on', { type: 'receiveData', sessionId });
    const frame = await client.binaries.next();
    expect([...(readReceivedData(frame)?.payload ?? [])]).toEqual([1, 2, 3]);
    expect(client.notifications('event').all).toEqual([]);
  });

  it('may be another process, which takes the app up and asks then', async () => {
    const stage = await createStage();
    const { kitchen, phone } = await deafPair(stage);
    await phone.client.drop();
    await stage.phone.log.lines('client gone').next();
    await say(kitchen, 'while away');
    const back = await openClient(stage.phone);
    await back.call('registerApp', { moduleName: 'entry', abilityName: 'EntryAbility', onCollaborate: true });
    await back.call('on', { type: 'receiveMessage', sessionId: phone.sessionId });
    expect(await back.notifications('event').next()).toMatchObject({ offset: 2, msg: 'while away' });
  });
});

describe('a client that does not read', () => {
  it('is kept within its window whatever its peers sent before they were stopped, and ends in order', async () => {
    const windowBytes = 16 * 1_024;
    const stage = await createStage({ limits: { eventWindowBytes: windowBytes, callsInFlight: 1_000 } });
    const { kitchen, phone } = await deafPair(stage);
    const { client, sessionId } = phone;
    for (const type of ['receiveMessage', 'disconnect']) await client.call('on', { type, sessionId });
    client.socket.pause();
    const texts = Array.from({ length: 100 }, (_, index) => `${index} `.padEnd(1_000, 'x'));
    for (const text of texts) await say(kitchen, text);
    await kitchen.client.call('disconnect', { sessionId: kitchen.sessionId });
    expect(await metric(stage, 'tandem_seat_bytes')).toBeLessThan(windowBytes + 2_000);
    client.socket.resume();
    const events = client.notifications('event');
    await expect.poll(() => events.all.at(-1)).toMatchObject({ type: 'disconnect' });
    expect(numbers(client)).toEqual(texts.map((_, index) => index));
  });
});

function say({ client, sessionId }: End, msg: string): Promise<unknown> {
  return client.call('sendMessage', { sessionId, msg });
}

/** Of the texts that came, each of which begins with one. */
function numbers(client: RawClient): readonly number[] {
  const texts = client.notifications('event').all.filter(({ type }) => type === 'receiveMessage');
  return texts.map(({ msg }) => Number.parseInt(String(msg), 10));
}

async function metric({ phone }: Stage, name: string): Promise<number> {
  const authorization = `Bearer ${await createToken(phone)}`;
  const response = await fetch(`${baseOf(phone)}/metrics`, { headers: { authorization } });
  const value = new RegExp(`^${name} (\\d+)$`, 'm').exec(await response.text())?.[1];
  return Number(value);
}
