import { describe, expect, it } from 'vitest';
import { connectedPair, createSession, createStage, registerApp } from './fixture.js';
import { outcomeOf } from './outcome.js';
import { isSame, patterned } from './patterned.js';
import { turns } from './time.js';

/** 80 MiB: literal, as the reference has it; data must be shorter. */
const TOO_MANY_BYTES = 83_886_080;
const SIZES = [1, 2, 1_023, 61_440, 61_441, 65_536, 262_144, 3_000_001];

describe.each([true, false])('sendData (sealed: %s)', (isSealed) => {
  it.each(SIZES)('delivers %i bytes as one ArrayBuffer', async (size) => {
    const { kitchen, phone } = await connectedPair(await createStage({ isSealed }));
    const data = patterned(size);
    await expect(kitchen.manager.sendData(kitchen.sessionId, data)).resolves.toBeUndefined();
    expect(phone.heard.receiveData.all.map((info) => [info.sessionId, isSame(info.data, data)])).toEqual([
      [phone.sessionId, true],
    ]);
  });

  it('keeps the order of the calls', async () => {
    const { kitchen, phone } = await connectedPair(await createStage({ isSealed }));
    const all = [200_000, 1, 70_000, 3, 61_440].map(patterned);
    await Promise.all(all.map((data) => kitchen.manager.sendData(kitchen.sessionId, data)));
    expect(
      phone.heard.receiveData.all.map(({ data }, index) => isSame(data, all[index] ?? new ArrayBuffer(0))),
    ).toEqual(all.map(() => true));
  });

  it('sends the bytes as they were at the call', async () => {
    const { kitchen, phone } = await connectedPair(await createStage({ isSealed }));
    const data = patterned(100_000);
    const before = data.slice(0);
    const sending = kitchen.manager.sendData(kitchen.sessionId, data);
    new Uint8Array(data).fill(0);
    await sending;
    expect(isSame(phone.heard.receiveData.all[0]?.data, before)).toBe(true);
  });

  it('gives the receiver a buffer of its own', async () => {
    const { kitchen, phone } = await connectedPair(await createStage({ isSealed }));
    const data = patterned(1_000);
    const before = data.slice(0);
    phone.manager.on('receiveData', phone.sessionId, ({ data: received }) =>
      new Uint8Array(received ?? new ArrayBuffer(0)).fill(0),
    );
    await kitchen.manager.sendData(kitchen.sessionId, data);
    expect(isSame(data, before)).toBe(true);
  });

  it('lets a text overtake data that is under way', async () => {
    const { kitchen, phone } = await connectedPair(await createStage({ isSealed }));
    const order: string[] = [];
    phone.manager.on('receiveData', phone.sessionId, () => order.push('data'));
    phone.manager.on('receiveMessage', phone.sessionId, () => order.push('text'));
    await Promise.all([
      kitchen.manager.sendData(kitchen.sessionId, patterned(4_000_000)),
      kitchen.manager.sendMessage(kitchen.sessionId, 'urgent'),
    ]);
    expect(order).toEqual(['text', 'data']);
  });

  it('works in both directions at once', async () => {
    const { kitchen, phone } = await connectedPair(await createStage({ isSealed }));
    const [there, back] = [patterned(500_000), patterned(400_000)];
    await Promise.all([
      kitchen.manager.sendData(kitchen.sessionId, there),
      phone.manager.sendData(phone.sessionId, back),
    ]);
    expect(isSame(phone.heard.receiveData.all[0]?.data, there)).toBe(true);
    expect(isSame(kitchen.heard.receiveData.all[0]?.data, back)).toBe(true);
  });
});

describe('sendData', () => {
  it('throws 401 on no bytes at all', async () => {
    const { kitchen } = await connectedPair(await createStage());
    const outcome = await outcomeOf(() => kitchen.manager.sendData(kitchen.sessionId, new ArrayBuffer(0)));
    expect(outcome).toBe('throws 401 invalidParameter');
  });

  it('throws 401 on 80 MiB, and takes one byte less', async () => {
    const { kitchen, phone } = await createStage();
    const app = registerApp(kitchen);
    const sessionId = createSession(app, phone);
    const send = (bytes: number) =>
      outcomeOf(() => app.abilityConnectionManager.sendData(sessionId, new ArrayBuffer(bytes)));
    expect(await send(TOO_MANY_BYTES)).toBe('throws 401 invalidParameter');
    expect(await send(TOO_MANY_BYTES - 1)).toBe('rejects 401 sessionNotConnected');
  });

  it('rejects with 401 when the session was created without needSendData', async () => {
    const { kitchen } = await connectedPair(await createStage(), { connectOptions: { needSendData: false } });
    const outcome = await outcomeOf(() => kitchen.manager.sendData(kitchen.sessionId, new ArrayBuffer(1)));
    expect(outcome).toBe('rejects 401 dataNotNegotiated');
  });

  it('goes with needSendBigData, the older name', async () => {
    const { kitchen, phone } = await connectedPair(await createStage(), { connectOptions: { needSendBigData: true } });
    await kitchen.manager.sendData(kitchen.sessionId, patterned(10));
    expect(phone.heard.receiveData.all).toHaveLength(1);
  });

  it('resolves only when the device of the peer has all of it', async () => {
    const stage = await createStage();
    const { kitchen } = await connectedPair(stage);
    stage.air.stall('phone');
    const sending = kitchen.manager.sendData(kitchen.sessionId, patterned(100_000));
    expect(await outcomeOf(() => sending)).toBe('stays open');
    stage.air.unstall('phone');
    await expect(sending).resolves.toBeUndefined();
  });

  it('rejects what does not fit into the queue of the session any more, as retryable, and loses nothing that did', async () => {
    const stage = await createStage();
    const { kitchen, phone } = await connectedPair(stage);
    stage.air.stall('phone');
    const [first, second] = [new ArrayBuffer(TOO_MANY_BYTES / 2), new ArrayBuffer(TOO_MANY_BYTES / 2 + 2 ** 20)];
    const sending = kitchen.manager.sendData(kitchen.sessionId, first);
    const refused = kitchen.manager.sendData(kitchen.sessionId, second);
    await expect(refused).rejects.toMatchObject({ code: 401, kind: 'sendQueueFull', isRetryable: true });
    kitchen.manager.disconnect(kitchen.sessionId);
    await expect(sending).rejects.toMatchObject({ kind: 'sessionEnded' });
    await turns();
    expect(phone.heard.receiveData.all).toEqual([]);
  });
});
