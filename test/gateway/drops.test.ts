import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { NearbyUpdate, SessionSummary, SessionsUpdate, TandemClient, Want } from '../../src/client/interface.js';
import { OnCollaborateResult, WantKeys } from '../../src/protocol/codes.js';
import { NEARBY_UPDATE_MS } from '../../src/protocol/limits.js';
import {
  createFrailHome,
  type FrailClient,
  type FrailHome,
  type FrailStation,
  openFrail,
} from '../support/frail-home.js';
import type { Break } from '../support/frail-wire.js';
import { turns } from '../support/time.js';

/** Seeds of one run; each is a session of two apps, some drops, and everything that is checked below. `DROP_SEEDS=10000` for a long one. */
const SEEDS = Number(process.env['DROP_SEEDS'] ?? 1_500);
const APP = { moduleName: 'entry', abilityName: 'Drops' };
const MOST_TURNS = 5_000;

interface Plan {
  readonly kitchen: readonly Break[];
  readonly phone: readonly Break[];
  readonly texts: number;
  readonly data: number;
}

const bytes = fc.integer({ min: 1, max: 2_500 });
const drop: fc.Arbitrary<Break> = fc.record({ toGateway: bytes, toClient: bytes, isUnnoticed: fc.boolean() });
const drops = fc.array(drop, { maxLength: 2 });
const plans: fc.Arbitrary<Plan> = fc.record({
  kitchen: drops,
  phone: drops,
  texts: fc.integer({ min: 1, max: 4 }),
  data: fc.integer({ min: 0, max: 2 }),
});

describe('two apps whose connections drop at random', () => {
  it('lose nothing, get nothing twice or out of order, and see what the brokers see', async () => {
    const home = await createFrailHome();
    const stage = createStage(home);
    onTestFinished(async () => {
      await stage.clear();
      await home.close();
    });
    await fc.assert(
      fc.asyncProperty(plans, (plan) => stage.play(plan)),
      { numRuns: SEEDS },
    );
  }, 300_000);
});

/** The apps live through one seed after the other; only after a failure do others take their place. */
function createStage(home: FrailHome) {
  let sides: readonly Side[] = [];
  let count = 0;

  async function clear(): Promise<void> {
    const past = sides;
    sides = [];
    for (const { frail, stop } of past) {
      stop();
      await frail.close();
    }
  }

  async function play(plan: Plan): Promise<void> {
    count += 1;
    const bundleName = `com.example.seed${count}`;
    if (sides.length === 0) sides = [await enter(home.kitchen, bundleName), await enter(home.phone, bundleName)];
    const [kitchen, phone] = sides as readonly [Side, Side]; // made above
    try {
      for (const side of sides) begin(side);
      await within(Promise.all([kitchen.frail.arm(plan.kitchen), phone.frail.arm(plan.phone)]));
      await within(connect(kitchen, phone));
      await within(exchange(home, sides, plan));
      for (const side of sides) await expectComplete(home, side, plan);
      await leave(sides);
    } catch (error) {
      await clear();
      throw error;
    }
  }

  return { play, clear };
}

function begin(side: Side): void {
  for (const list of [side.wants, side.texts, side.data, side.seen, side.said]) list.length = 0;
}

/** One app, what it has received, and what its subscriptions say. */
interface Side {
  readonly frail: FrailClient;
  readonly client: TandemClient;
  readonly station: FrailStation;
  readonly bundleName: string;
  readonly wants: Want[];
  readonly texts: string[];
  readonly data: number[];
  readonly seen: SessionsUpdate[];
  /** What the broker said of this app's sessions. */
  readonly said: SessionSummary[];
  nearby: NearbyUpdate | undefined;
  sessionId: number;
  stop(): void;
}

async function enter(station: FrailStation, bundleName: string): Promise<Side> {
  const frail = await openFrail(station, bundleName);
  const { client } = frail;
  const said: SessionSummary[] = [];
  const watch = station.broker.sessions$.subscribe((session) => {
    if (session.app.bundleName === bundleName) said.push(session);
  });
  const side: Side = {
    frail,
    client,
    station,
    bundleName,
    wants: [],
    texts: [],
    data: [],
    seen: [],
    said,
    nearby: undefined,
    sessionId: 0,
    stop: () => watch.unsubscribe(),
  };
  const onCollaborate = (want: Want): OnCollaborateResult => {
    side.wants.push(want);
    return OnCollaborateResult.ACCEPT;
  };
  await client.registerApp({ ...APP, onCollaborate });
  await client.subscribe('sessions', (update) => side.seen.push(update));
  await client.subscribe('nearby', (update) => {
    side.nearby = update;
  });
  return side;
}

async function connect(kitchen: Side, phone: Side): Promise<void> {
  await open(kitchen, 'phone');
  const connecting = kitchen.client.connect(kitchen.sessionId);
  await until(() => phone.wants.length > 0);
  await open(phone, 'kitchen');
  await phone.client.acceptConnect(phone.sessionId, tokenOf(phone.wants[0]));
  expect(await connecting).toMatchObject({ isConnected: true });
}

async function open(side: Side, deviceId: string): Promise<void> {
  const { client, bundleName, texts, data } = side;
  const peer = { deviceId, bundleName, ...APP };
  side.sessionId = await client.createAbilityConnectionSession('drops', peer, { needSendData: true });
  await client.onReceiveMessage(side.sessionId, ({ msg = '' }) => texts.push(msg));
  await client.onReceiveData(side.sessionId, (info) => data.push(...new Uint8Array(info.data ?? new ArrayBuffer(0))));
}

/** All calls at once: each must be answered, and none may fail. */
async function exchange(home: FrailHome, sides: readonly Side[], { texts, data }: Plan): Promise<void> {
  const calls = sides.flatMap(({ client, sessionId }) => [
    ...count(texts).map((index) => client.sendMessage(sessionId, `text ${index} ${'x'.repeat(60)}`)),
    ...count(data).map((index) => client.sendData(sessionId, Uint8Array.of(index).buffer)),
  ]);
  for (const { station } of sides) station.nearby.next([deviceSeen(home.clock.now())]);
  await Promise.all(calls);
  await until(() => sides.every((side) => side.texts.length >= texts && side.data.length >= data));
}

async function expectComplete({ clock }: FrailHome, side: Side, { texts, data }: Plan): Promise<void> {
  const { client, station, sessionId, seen, said } = side;
  clock.increment(NEARBY_UPDATE_MS);
  await within(client.call('ping', {}));
  expect(side.texts.map((text) => Number(text.split(' ')[1]))).toEqual(count(texts));
  expect(side.data).toEqual(count(data));
  // Never a snapshot after the first, so nothing was left out.
  expect(seen).toEqual(said.map((session) => ({ type: 'change', session })));
  const sessions = sessionsOf(side);
  expect(sessions).toMatchObject([{ sessionId, state: 'connected' }]);
  expect(sessions).toEqual([said.at(-1)]);
  expect(side.nearby?.devices).toEqual(station.nearby.value);
}

/** Drops that are left over meet the last calls. */
async function leave(sides: readonly Side[]): Promise<void> {
  for (const { client, sessionId } of sides) await within(client.destroyAbilityConnectionSession(sessionId));
  await until(() => sides.every(({ seen, said }) => seen.length >= said.length));
  expect(sides.map(sessionsOf)).toEqual([[], []]);
}

/** As the broker has them now. */
function sessionsOf({ station, bundleName }: Side): readonly SessionSummary[] {
  return station.broker.listSessions().filter(({ app }) => app.bundleName === bundleName);
}

function count(length: number): number[] {
  return Array.from({ length }, (_, index) => index);
}

function deviceSeen(lastSeen: number) {
  return { deviceId: 'phone', deviceName: 'Phone', isOurs: true, isLinked: true, lastSeen };
}

function tokenOf(want: Want | undefined): string {
  const parameters = want?.[WantKeys.COLLABORATE_PARAMETERS] as { readonly [WantKeys.TOKEN]: string }; // as the broker builds it
  return parameters[WantKeys.TOKEN];
}

async function until(isReached: () => boolean): Promise<void> {
  for (let turn = 0; !isReached(); turn += 1) {
    if (turn > MOST_TURNS) throw new Error('nothing moves any more');
    await turns(1);
  }
}

/** A promise that stays open fails the seed instead of the whole run. */
async function within(work: Promise<unknown>): Promise<void> {
  let isSettled = false;
  const settle = (): void => {
    isSettled = true;
  };
  work.then(settle, settle);
  await until(() => isSettled);
  await work;
}
