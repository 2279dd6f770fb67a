import { describe, expect, it, vi } from 'vitest';
import type { EventListener } from '../../src/broker/interface.js';
import { CREDIT_WINDOW_BYTES, MAX_UNHEARD_BYTES, MESSAGE_COST_BYTES } from '../../src/protocol/limits.js';
import { book, bytes, connectAgain, deafPair, unheardBytes } from './deaf-pair.js';
import type { End } from './fixture.js';
import { fateOf } from './outcome.js';
import { turns } from './time.js';

describe('a peer to which nobody listens', () => {
  it.each<readonly [string, number, (end: End) => Promise<void>]>([
    ['texts', 1_024, ({ manager, sessionId }) => manager.sendMessage(sessionId, 'x'.repeat(1_024))],
    ['empty texts', 0, ({ manager, sessionId }) => manager.sendMessage(sessionId, '')],
    ['data', 50_000, ({ manager, sessionId }) => manager.sendData(sessionId, bytes(50_000))],
  ])('is stopped after one window of credit of %s, and goes on when somebody does', async (_, size, send) => {
    const { kitchen, phone } = await deafPair();
    const most = CREDIT_WINDOW_BYTES / (size + MESSAGE_COST_BYTES);
    let delivered = 0;
    const sending = Array.from({ length: 2 * Math.ceil(most) }, () => send(kitchen).then(() => (delivered += 1)));
    await turns(400);
    expect(delivered).toBeGreaterThan(most / 2);
    expect(delivered).toBeLessThanOrEqual(most);
    expect(unheardBytes(phone.device)).toBeLessThanOrEqual(CREDIT_WINDOW_BYTES);
    const heard = vi.fn<EventListener>();
    phone.manager.onReceiveMessage(phone.sessionId, heard);
    phone.manager.onReceiveData(phone.sessionId, heard);
    await Promise.all(sending);
    expect(heard).toHaveBeenCalledTimes(sending.length);
    expect(unheardBytes(phone.device)).toBe(0);
  });

  it('sends no more than that of data larger than all credit, and the rest when somebody listens', async () => {
    const { kitchen, phone } = await deafPair();
    const sending = kitchen.manager.sendData(kitchen.sessionId, bytes(1_000_000));
    await turns(400);
    expect(phone.device.broker.counters().bytesReceived).toBeLessThanOrEqual(CREDIT_WINDOW_BYTES);
    const { heard, write } = book();
    phone.manager.onReceiveData(phone.sessionId, write);
    await sending;
    expect(heard).toEqual(['1000000 B']);
  });

  it('still sends texts to an app that listens to texts only, however much data it has', async () => {
    const { kitchen, phone } = await deafPair();
    const { heard, write } = book();
    phone.manager.onReceiveMessage(phone.sessionId, write);
    for (let count = 0; count < 10; count += 1)
      void fateOf(kitchen.manager.sendData(kitchen.sessionId, bytes(100_000)));
    await turns(400);
    for (let count = 0; count < 400; count += 1) {
      await kitchen.manager.sendMessage(kitchen.sessionId, `${count} `.padEnd(1_024, 'x'));
    }
    expect(heard.map((text) => Number.parseInt(text, 10))).toEqual(Array.from({ length: 400 }, (_, index) => index));
    phone.manager.onReceiveData(phone.sessionId, write);
    await vi.waitFor(() => expect(heard).toHaveLength(410));
  });

  it('gets no credit for what earlier connections brought', async () => {
    const { kitchen, phone, asked } = await deafPair();
    await kitchen.manager.sendData(kitchen.sessionId, bytes(200_000));
    kitchen.manager.disconnect(kitchen.sessionId);
    await turns();
    await connectAgain(kitchen, asked, phone.sessionId);
    const { heard, write } = book();
    phone.manager.onReceiveData(phone.sessionId, write);
    await turns();
    phone.manager.offReceiveData(phone.sessionId);
    expect(heard).toEqual(['200000 B']);
    for (let count = 0; count < 10; count += 1) void fateOf(kitchen.manager.sendData(kitchen.sessionId, bytes(50_000)));
    await turns(400);
    expect(unheardBytes(phone.device)).toBeLessThanOrEqual(CREDIT_WINDOW_BYTES);
  });

  it('cannot pile up more by one connection after the other: the next one is refused, on either side', async () => {
    const { kitchen, phone, asked } = await deafPair();
    const fill = async (): Promise<void> => {
      await kitchen.manager.sendData(kitchen.sessionId, bytes(200_000));
      kitchen.manager.disconnect(kitchen.sessionId);
      await turns();
    };
    await fill();
    while (unheardBytes(phone.device) <= MAX_UNHEARD_BYTES) {
      await connectAgain(kitchen, asked, phone.sessionId);
      await fill();
    }
    expect(unheardBytes(phone.device)).toBeLessThanOrEqual(MAX_UNHEARD_BYTES + CREDIT_WINDOW_BYTES);

    const connecting = kitchen.manager.connect(kitchen.sessionId);
    const { token } = await asked.offers.next();
    await expect(phone.manager.acceptConnect(phone.sessionId, token)).rejects.toMatchObject({ code: 401 });
    expect(await connecting).toMatchObject({ isConnected: false, errorCode: 5 });
    expect(await phone.manager.connect(phone.sessionId)).toMatchObject({ isConnected: false, errorCode: 5 });
    const [summary] = phone.device.broker.listSessions();
    expect(summary?.diagnosis).toContain('does not listen to what earlier connections');

    phone.manager.onReceiveData(phone.sessionId, () => {});
    await turns();
    await expect(connectAgain(kitchen, asked, phone.sessionId)).resolves.toBe(phone.sessionId);
  });
});

describe('a paused app', () => {
  it('is told nothing, not even that its session ended, and everything in order when it goes on', async () => {
    const { kitchen, phone } = await deafPair();
    const { heard, write } = book();
    for (const name of ['receiveMessage', 'receiveData', 'disconnect'] as const) {
      phone.manager.on(name, phone.sessionId, write);
    }
    phone.app.pauseDelivery();
    await kitchen.manager.sendMessage(kitchen.sessionId, 'one');
    await kitchen.manager.sendData(kitchen.sessionId, bytes(1));
    kitchen.manager.disconnect(kitchen.sessionId);
    await turns();
    expect(heard).toEqual([]);
    phone.app.resumeDelivery();
    await turns();
    expect(heard).toEqual(['one', '1 B', '0']);
  });

  it('stops hearing in the middle of what waited, and loses nothing of it', async () => {
    const { kitchen, phone } = await deafPair();
    const { heard, write } = book();
    phone.app.pauseDelivery();
    phone.manager.onReceiveMessage(phone.sessionId, (info) => {
      write(info);
      if (info.msg === 'two') phone.app.pauseDelivery();
    });
    for (const msg of ['one', 'two', 'three']) await kitchen.manager.sendMessage(kitchen.sessionId, msg);
    phone.app.resumeDelivery();
    await turns();
    expect(heard).toEqual(['one', 'two']);
    phone.app.resumeDelivery();
    await turns();
    expect(heard).toEqual(['one', 'two', 'three']);
  });
});
