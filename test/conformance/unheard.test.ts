import { describe, expect, it, vi } from 'vitest';
import type { EventListener } from '../../src/broker/interface.js';
import { RESUME_WINDOW_MS } from '../../src/protocol/limits.js';
import { book, bytes, connectAgain, deafPair, unheardBytes } from './deaf-pair.js';
import { advance, advanceUntil, turns } from './time.js';

describe('what is delivered before anybody listens', () => {
  it.each([true, false])('is told in its order to listeners that come together; sealed: %s', async (isSealed) => {
    const { kitchen, phone } = await deafPair(isSealed);
    await kitchen.manager.sendMessage(kitchen.sessionId, 'one');
    await kitchen.manager.sendData(kitchen.sessionId, bytes(2));
    await kitchen.manager.sendMessage(kitchen.sessionId, 'three');
    const { heard, write } = book();
    phone.manager.onReceiveData(phone.sessionId, write);
    phone.manager.onReceiveMessage(phone.sessionId, write);
    expect(heard).toEqual([]);
    await kitchen.manager.sendMessage(kitchen.sessionId, 'four');
    expect(heard).toEqual(['one', '2 B', 'three', 'four']);
  });

  it('waits for a listener of its own kind, and keeps the other kind from nobody', async () => {
    const { kitchen, phone } = await deafPair();
    const { heard, write } = book();
    await kitchen.manager.sendData(kitchen.sessionId, bytes(1));
    await kitchen.manager.sendMessage(kitchen.sessionId, 'one');
    phone.manager.onReceiveMessage(phone.sessionId, write);
    await turns();
    await kitchen.manager.sendData(kitchen.sessionId, bytes(2));
    await kitchen.manager.sendMessage(kitchen.sessionId, 'two');
    expect(heard).toEqual(['one', 'two']);
    phone.manager.onReceiveData(phone.sessionId, write);
    await turns();
    expect(heard).toEqual(['one', 'two', '1 B', '2 B']);
  });

  it('waits again from where a listener took itself off, for the one that comes next', async () => {
    const { kitchen, phone } = await deafPair();
    for (const msg of ['one', 'two', 'three']) await kitchen.manager.sendMessage(kitchen.sessionId, msg);
    const [once, always] = [book(), book()];
    const listener: EventListener = (info) => {
      once.write(info);
      phone.manager.offReceiveMessage(phone.sessionId, listener);
    };
    phone.manager.onReceiveMessage(phone.sessionId, listener);
    await turns();
    await kitchen.manager.sendMessage(kitchen.sessionId, 'four');
    phone.manager.onReceiveMessage(phone.sessionId, always.write);
    await turns();
    expect([once.heard, always.heard]).toEqual([['one'], ['two', 'three', 'four']]);
  });

  it('is told in its order when a listener brings another one while it is told', async () => {
    const { kitchen, phone } = await deafPair();
    await kitchen.manager.sendMessage(kitchen.sessionId, 'one');
    await kitchen.manager.sendData(kitchen.sessionId, bytes(1));
    await kitchen.manager.sendMessage(kitchen.sessionId, 'two');
    await kitchen.manager.sendData(kitchen.sessionId, bytes(2));
    const { heard, write } = book();
    phone.manager.onReceiveMessage(phone.sessionId, (info) => {
      write(info);
      if (info.msg === 'two') phone.manager.onReceiveData(phone.sessionId, write);
    });
    await turns();
    expect(heard).toEqual(['one', 'two', '1 B', '2 B']);
  });

  it('is told before what came with that which brought the listener', async () => {
    const { kitchen, phone } = await deafPair();
    await kitchen.manager.sendData(kitchen.sessionId, bytes(1));
    const { heard, write } = book();
    phone.manager.onReceiveMessage(phone.sessionId, (info) => {
      write(info);
      phone.manager.onReceiveData(phone.sessionId, write);
    });
    // In one record.
    const sends = [
      kitchen.manager.sendMessage(kitchen.sessionId, 'listen'),
      kitchen.manager.sendData(kitchen.sessionId, bytes(2)),
    ];
    await Promise.all(sends);
    await turns();
    expect(heard).toEqual(['listen', '1 B', '2 B']);
  });

  it('waits through a lost link', async () => {
    const { stage, kitchen, phone } = await deafPair();
    await kitchen.manager.sendMessage(kitchen.sessionId, 'before');
    stage.air.cut('kitchen', 'phone');
    await advanceUntil(stage.clock, kitchen.manager.sendMessage(kitchen.sessionId, 'after'));
    const { heard, write } = book();
    phone.manager.onReceiveMessage(phone.sessionId, write);
    await turns();
    expect(heard).toEqual(['before', 'after']);
  });

  it('outlives the connection, and is told before its end is', async () => {
    const { kitchen, phone } = await deafPair();
    await kitchen.manager.sendMessage(kitchen.sessionId, 'last words');
    kitchen.manager.destroyAbilityConnectionSession(kitchen.sessionId);
    await turns();
    const { heard, write } = book();
    phone.manager.onDisconnect(phone.sessionId, write);
    phone.manager.onReceiveMessage(phone.sessionId, write);
    await turns();
    expect(heard).toEqual(['last words', '0']);
  });

  it('outlives the resume window, too', async () => {
    const { stage, kitchen, phone } = await deafPair();
    await kitchen.manager.sendMessage(kitchen.sessionId, 'last words');
    stage.air.partition('kitchen', 'phone');
    stage.air.cut('kitchen', 'phone');
    await advance(stage.clock, RESUME_WINDOW_MS + 1_000);
    const { heard, write } = book();
    phone.manager.onReceiveMessage(phone.sessionId, write);
    phone.manager.onDisconnect(phone.sessionId, write);
    await turns();
    expect(heard).toEqual(['last words', '2']);
  });

  it('comes before what the next connection brings, whose beginning takes back that the last one ended', async () => {
    const { kitchen, phone, asked } = await deafPair();
    await kitchen.manager.sendMessage(kitchen.sessionId, 'first call');
    kitchen.manager.disconnect(kitchen.sessionId);
    await turns();
    await connectAgain(kitchen, asked, phone.sessionId);
    await kitchen.manager.sendMessage(kitchen.sessionId, 'second call');
    const { heard, write } = book();
    const [connect, disconnect] = [vi.fn<EventListener>(), vi.fn<EventListener>()];
    phone.manager.onConnect(phone.sessionId, connect);
    phone.manager.onDisconnect(phone.sessionId, disconnect);
    phone.manager.onReceiveMessage(phone.sessionId, write);
    await turns();
    expect(heard).toEqual(['first call', 'second call']);
    expect([connect.mock.calls.length, disconnect.mock.calls.length]).toEqual([1, 0]);
  });

  it('ends with the session, also in the middle of being told', async () => {
    const { kitchen, phone } = await deafPair();
    for (const msg of ['one', 'two']) await kitchen.manager.sendMessage(kitchen.sessionId, msg);
    const { heard, write } = book();
    phone.manager.onReceiveMessage(phone.sessionId, (info) => {
      write(info);
      phone.manager.destroyAbilityConnectionSession(phone.sessionId);
    });
    await turns();
    expect(heard).toEqual(['one']);
    expect(unheardBytes(phone.device)).toBe(0);
    expect(kitchen.heard.disconnect.all).toMatchObject([{ reason: 0 }]);
  });

  it('shows in the trace, once for each kind', async () => {
    const { kitchen, phone } = await deafPair();
    for (const msg of ['one', 'two']) await kitchen.manager.sendMessage(kitchen.sessionId, msg);
    await kitchen.manager.sendData(kitchen.sessionId, bytes(1));
    const entries = phone.device.broker.traceSession(phone.sessionId)?.entries ?? [];
    expect(entries.filter(({ name }) => name === 'waits for a listener')).toMatchObject([
      { lane: 'client', kind: 'event', detail: { event: 'receiveMessage' } },
      { lane: 'client', kind: 'event', detail: { event: 'receiveData' } },
    ]);
  });
});
