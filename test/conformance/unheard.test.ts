import { describe, expect, it, vi } from 'vitest';
import type { EventListener } from '../../src/broker/interface.js';
import { CREDIT_WINDOW_BYTES, MAX_UNHEARD_BYTES, MESSAGE_COST_BYTES, RESUME_WINDOW_MS } from '../../src/protocol/limits.js';
import {
  acceptOffer,
  type Asked,
  createSession,
  createStage,
  type Device,
  type End,
  listen,
  registerApp,
  registerAskedApp,
  type Stage,
} from './fixture.js';
import { advance, advanceUntil, turns } from './time.js';

/** The reference's device B: it has accepted, and its app does not listen yet. */
interface DeafPair {
  readonly stage: Stage;
  readonly kitchen: End;
  readonly phone: Omit<End, 'heard'>;
  readonly asked: Asked;
}

async function deafPair(isSealed = true): Promise<DeafPair> {
  const stage = await createStage({ isSealed });
  const asked = registerAskedApp(stage.phone);
  const app = registerApp(stage.kitchen);
  const kitchen = listen(stage.kitchen, app, createSession(app, stage.phone));
  const sessionId = await connectAgain(kitchen, asked);
  const manager = asked.app.abilityConnectionManager;
  return { stage, kitchen, asked, phone: { device: stage.phone, app: asked.app, manager, sessionId } };
}

/** Connects the kitchen's session; the phone accepts with a session of its own, or with this one. */
async function connectAgain(kitchen: End, asked: Asked, sessionId?: number): Promise<number> {
  const connecting = kitchen.manager.connect(kitchen.sessionId);
  const offer = await asked.offers.next();
  const accepting =
    sessionId === undefined
      ? acceptOffer(asked, offer)
      : { sessionId, accepted: asked.app.abilityConnectionManager.acceptConnect(sessionId, offer.token) };
  const [result] = await Promise.all([connecting, accepting.accepted]);
  if (!result.isConnected) throw new Error(`not connected: ${JSON.stringify(result)}`);
  return accepting.sessionId;
}

/** What a listener is told, in short: texts as they are, data by its length. */
function book() {
  const heard: string[] = [];
  const write: EventListener = ({ msg, data, reason }) => heard.push(msg ?? (data ? `${data.byteLength} B` : `${reason}`));
  return { heard, write };
}

function bytes(count: number): ArrayBuffer {
  return new Uint8Array(count).fill(7).buffer;
}

function unheardBytes({ broker }: Device): number {
  return broker.counters().unheardBytes;
}

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
    for (let count = 0; count < 10; count += 1) void kitchen.manager.sendData(kitchen.sessionId, bytes(100_000));
    await turns(400);
    for (let count = 0; count < 400; count += 1) {
      await kitchen.manager.sendMessage(kitchen.sessionId, `${count} `.padEnd(1_024, 'x'));
    }
    expect(heard.map((text) => Number.parseInt(text, 10))).toEqual(Array.from({ length: 400 }, (_, index) => index));
    phone.manager.onReceiveData(phone.sessionId, write);
    await vi.waitFor(() => expect(heard).toHaveLength(410));
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
