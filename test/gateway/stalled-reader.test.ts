import { BehaviorSubject } from 'rxjs';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Broker, NearbyDevice } from '../../src/broker/interface.js';
import { createFlusher } from '../../src/gateway/flusher.js';
import { createGateway } from '../../src/gateway/gateway.js';
import { createOutbox, type Outbox } from '../../src/gateway/outbox.js';
import { type Frame, frameTexts } from '../../src/gateway/socket-frames.js';
import { NEARBY_UPDATE_MS } from '../../src/protocol/limits.js';
import { turns } from '../support/time.js';
import { createSession, createStage, openApp, openClient } from './fixture.js';
import type { RawClient } from './raw-client.js';
import { createSocketPair, type SocketPair } from './socket-pair.js';

const QUEUE_BYTES = 4 * 1_024 * 1_024;
/** More in all than the system keeps for a reader that does not come. */
const ROUNDS = 60;
const LONG_NAME = 'x'.repeat(300_000);
const PIECE = 'x'.repeat(64 * 1_024);

describe('gauges of a client that does not read', () => {
  it('are held, and only the last is built and sent, after word of those left out', async () => {
    const { outbox, pair } = await stalled();
    const texts = textsOf(pair);
    const built: number[] = [];
    const queued = pair.server.bufferedAmount;
    for (let update = 1; update <= 100; update += 1) {
      outbox.sendLatest('nearby', () => frameOf(update, built));
      await turns(1);
    }
    expect(built).toEqual([]);
    expect(pair.server.bufferedAmount).toBeLessThanOrEqual(queued);

    pair.client.resume();
    await expect.poll(() => texts.at(-1)).toBe('gauge 100');
    expect(built).toEqual([100]);
    const lag = JSON.parse(texts.at(-2) ?? '{}');
    expect(lag).toMatchObject({ method: 'lag', params: { subscription: 'nearby', coalesced: 99 } });
  });

  it('are held for each target alone, and not sent once their subscription has ended', async () => {
    const { outbox, pair } = await stalled();
    const texts = textsOf(pair);
    outbox.sendLatest('nearby', () => frameOf(1));
    outbox.sendLatest('devices', () => frameOf(2));
    await turns(1);
    outbox.forgetLatest('nearby');
    pair.client.resume();
    await expect.poll(() => texts.at(-1)).toBe('gauge 2');
    expect(texts).not.toContain('gauge 1');
  });

  it('go out at once to who reads', async () => {
    const { outbox, pair } = await outboxOf();
    const texts = textsOf(pair);
    for (const update of [1, 2]) {
      outbox.sendLatest('nearby', () => frameOf(update));
      await turns(1);
    }
    await expect.poll(() => texts).toEqual(['gauge 1', 'gauge 2']);
  });
});

describe('a client with much unread', () => {
  it('is told once that it reads too slowly, before it is closed', async () => {
    const { outbox, pair, overfull } = await outboxOf();
    const texts = textsOf(pair);
    pair.client.pause();
    while (!overfull.isReached) {
      outbox.sendText(PIECE);
      await turns(1);
    }
    expect(pair.server.bufferedAmount).toBeLessThan(QUEUE_BYTES + 2 * PIECE.length);
    pair.client.resume();
    await expect.poll(() => pair.server.bufferedAmount).toBe(0);
    outbox.sendText('last');
    await expect.poll(() => texts.at(-1)).toBe('last');
    const lags = texts.filter((text) => text.startsWith('{'));
    expect(lags.map((text) => JSON.parse(text))).toMatchObject([{ method: 'lag', params: { coalesced: 0 } }]);
  });
});

describe('one stalled observer', () => {
  it('costs the others none of their updates', async () => {
    const { kitchen, clock } = await createStage();
    // Silence is not what this is about.
    const limits = { pingIntervalMs: 1_000_000_000 };
    const lists = new BehaviorSubject<readonly NearbyDevice[]>([]);
    const broker: Broker = Object.create(kitchen.broker, { nearby$: { value: lists } });
    const gateway = await createGateway({ broker, tokens: kitchen.tokens, timers: clock, limits });
    onTestFinished(() => gateway.close());
    const station = { ...kitchen, gateway };
    const app = await openApp(station);
    const observers = await Promise.all(Array.from({ length: 5 }, () => observe(station)));
    const stuck = await observe(station);
    stuck.socket.pause();
    for (let round = 0; round < ROUNDS; round += 1) {
      const sessionId = await createSession(app, 'phone');
      await app.call('destroyAbilityConnectionSession', { sessionId });
      clock.increment(NEARBY_UPDATE_MS);
      lists.next([{ deviceId: String(round), deviceName: LONG_NAME, isOurs: false, isLinked: false }]);
      await app.call('ping');
    }
    for (const observer of observers) {
      await observer.call('ping');
      const updates = observer.notifications('update').all;
      expect(updates.filter(({ subscription }) => subscription === 'sessions')).toHaveLength(2 * ROUNDS);
      expect(updates.filter(({ subscription }) => subscription === 'nearby')).toHaveLength(ROUNDS);
    }
    stuck.socket.resume();
    await stuck.call('ping');
    await expect.poll(() => lastDevice(stuck)).toBe(String(ROUNDS - 1));
    const updates = stuck.notifications('update').all;
    expect(updates.filter(({ subscription }) => subscription === 'sessions')).toHaveLength(2 * ROUNDS);
    const gauges = updates.filter(({ subscription }) => subscription === 'nearby').length;
    const [lag] = stuck.notifications('lag').all;
    expect(lag).toMatchObject({ subscription: 'nearby', coalesced: ROUNDS - gauges });
  });
});

/** The device in the last list that a client got. */
function lastDevice(client: RawClient): unknown {
  const last = client.notifications('update').all.findLast(({ subscription }) => subscription === 'nearby');
  const [device] = (last?.['nearby'] ?? []) as readonly NearbyDevice[]; // checked against the schema when it came
  return device?.deviceId;
}

async function observe(station: Parameters<typeof openClient>[0]): Promise<RawClient> {
  const client = await openClient(station, { scopes: ['read'] });
  for (const target of ['sessions', 'nearby']) await client.call('subscribe', { target });
  return client;
}

async function outboxOf() {
  const pair = await createSocketPair(QUEUE_BYTES);
  const overfull = { isReached: false };
  const onOverfull = (): void => {
    overfull.isReached = true;
  };
  const outbox = createOutbox(pair.server, { flusher: createFlusher(), queueBytes: QUEUE_BYTES, onOverfull });
  return { pair, outbox, overfull };
}

/** An outbox whose client does not read, with as much before it as the system takes. */
async function stalled(): Promise<{ outbox: Outbox; pair: SocketPair }> {
  const { pair, outbox } = await outboxOf();
  pair.client.pause();
  while (pair.server.bufferedAmount < PIECE.length) {
    outbox.sendText(PIECE);
    await turns(1);
  }
  return { pair, outbox };
}

function textsOf({ client }: SocketPair): string[] {
  const texts: string[] = [];
  client.on('message', (data) => texts.push(String(data)));
  return texts;
}

function frameOf(update: number, built: number[] = []): Frame {
  built.push(update);
  return [frameTexts([`gauge ${update}`])];
}
