import { describe, expect, it } from 'vitest';
import type { SessionState } from '../../src/protocol/codes.js';
import {
  type Asked,
  acceptOffer,
  connectBetween,
  createSession,
  createStage,
  peerOn,
  registerApp,
  registerAskedApp,
  type Stage,
} from './fixture.js';
import { loose, outcomeOf } from './outcome.js';
import { turns } from './time.js';

/** 'destroyed' is the same as unknown: the ID is gone. */
type Situation = Exclude<SessionState, 'destroyed'> | 'unknown';

interface Scene {
  readonly stage: Stage;
  /** The session in question, of the phone's app. */
  readonly sessionId: number;
  readonly asked: Asked;
  /** A request of the kitchen for the same conversation, if one waits. */
  readonly token: string;
}

const UNKNOWN_TOKEN = 'f'.repeat(32);

/** Every call in every state. Source: reference-behaviour 2.1, without what it says not to copy. */
const TABLE: Readonly<Record<Situation, Readonly<Record<string, string | RegExp>>>> = {
  unknown: {
    connect: 'rejects 401 sessionNotFound',
    acceptConnect: 'rejects 401 sessionNotFound',
    disconnect: 'throws 401 sessionNotFound',
    destroyAbilityConnectionSession: 'throws 401 sessionNotFound',
    sendMessage: 'rejects 401 sessionNotFound',
    sendData: 'rejects 401 sessionNotFound',
    on: 'throws 401 sessionNotFound',
    off: 'throws 401 sessionNotFound',
    getPeerInfoById: 'returns undefined',
  },
  created: atRest(),
  disconnected: atRest(),
  rejected: atRest(),
  failed: atRest(),
  connecting: underWay('rejects 401 sessionNotConnected'),
  accepting: underWay('rejects 401 sessionNotConnected'),
  connected: underWay('resolves undefined'),
  suspended: underWay('stays open'),
};

function atRest(): Record<string, string | RegExp> {
  return {
    ...alive('rejects 401 sessionNotConnected'),
    // The kitchen has an app, but nobody accepts there: the attempt goes on until the test ends.
    connect: 'stays open',
    // There is no such request; with one the accept goes on, see accept.test.ts.
    acceptConnect: /^rejects 401/,
  };
}

function underWay(send: string): Record<string, string | RegExp> {
  return { ...alive(send), connect: /^resolves \{"isConnected":false,"errorCode":0/, acceptConnect: /^rejects 401/ };
}

function alive(send: string): Record<string, string | RegExp> {
  return {
    disconnect: 'returns undefined',
    destroyAbilityConnectionSession: 'returns undefined',
    sendMessage: send,
    sendData: send,
    on: 'returns undefined',
    off: 'returns undefined',
    getPeerInfoById: /^returns \{"deviceId":"kitchen"/,
  };
}

const VALUES: Readonly<Record<string, (sessionId: number, token: string) => readonly unknown[]>> = {
  connect: (sessionId) => [sessionId],
  acceptConnect: (sessionId, token) => [sessionId, token],
  disconnect: (sessionId) => [sessionId],
  destroyAbilityConnectionSession: (sessionId) => [sessionId],
  sendMessage: (sessionId) => [sessionId, 'text'],
  sendData: (sessionId) => [sessionId, new ArrayBuffer(3)],
  on: (sessionId) => ['receiveMessage', sessionId, () => {}],
  off: (sessionId) => ['receiveMessage', sessionId],
  getPeerInfoById: (sessionId) => [sessionId],
};

/** Brings a session of the phone's app into a state. */
const SCENES: Readonly<Record<Situation, () => Promise<Scene>>> = {
  unknown: async () => ({ ...(await created()), sessionId: 4_711 }),
  created,
  connecting: async () => {
    const scene = await created();
    void scene.asked.app.abilityConnectionManager.connect(scene.sessionId);
    return scene;
  },
  accepting: async () => {
    const { stage, asked } = await created();
    const { app: caller } = registerAskedApp(stage.kitchen, { abilityName: 'Caller' });
    void caller.abilityConnectionManager.connect(createSession(caller, stage.phone));
    const offer = await asked.offers.next();
    stage.air.partition('kitchen', 'phone');
    const { sessionId, accepted } = acceptOffer(asked, offer);
    accepted.catch(() => {}); // it ends with the test
    return { stage, asked, sessionId, token: UNKNOWN_TOKEN };
  },
  connected: () => connected(),
  suspended: async () => {
    const scene = await connected();
    scene.stage.air.partition('kitchen', 'phone');
    scene.stage.air.cut('kitchen', 'phone');
    await turns();
    return scene;
  },
  disconnected: async () => {
    const scene = await connected();
    scene.asked.app.abilityConnectionManager.disconnect(scene.sessionId);
    await turns();
    return scene;
  },
  rejected: async () => {
    const scene = await created();
    scene.kitchenApp.close();
    const refusing = registerAskedApp(scene.stage.kitchen, {}, () => 1);
    await scene.asked.app.abilityConnectionManager.connect(scene.sessionId);
    refusing.app.close();
    registerAskedApp(scene.stage.kitchen);
    return scene;
  },
  failed: async () => {
    const scene = await created();
    scene.kitchenApp.close();
    await scene.asked.app.abilityConnectionManager.connect(scene.sessionId);
    registerAskedApp(scene.stage.kitchen);
    return scene;
  },
};

async function created() {
  const stage = await createStage();
  const { app: kitchenApp } = registerAskedApp(stage.kitchen);
  const asked = registerAskedApp(stage.phone);
  return { stage, asked, kitchenApp, sessionId: createSession(asked.app, stage.kitchen), token: UNKNOWN_TOKEN };
}

async function connected(): Promise<Scene> {
  const { stage, asked } = await created();
  const { app: caller } = registerAskedApp(stage.kitchen, { abilityName: 'Caller' });
  const { phone } = await connectBetween(stage, caller, asked);
  return { stage, asked, sessionId: phone.sessionId, token: UNKNOWN_TOKEN };
}

const SITUATIONS = Object.keys(SCENES) as Situation[]; // the keys of the record, in its order

describe.each(SITUATIONS)('a session that is %s', (situation) => {
  it('is what the observer sees, too', async () => {
    const { stage, sessionId } = await SCENES[situation]();
    const seen = stage.phone.broker.listSessions().find((session) => session.sessionId === sessionId);
    expect(seen?.state ?? 'unknown').toBe(situation);
  });

  it.each(Object.entries(TABLE[situation]))('%s: %s', async (name, expected) => {
    const { asked, sessionId, token } = await SCENES[situation]();
    const values = VALUES[name]?.(sessionId, token) ?? [];
    const outcome = await outcomeOf(() => loose(asked.app.abilityConnectionManager)[name]?.(...values));
    if (typeof expected === 'string') expect(outcome).toBe(expected);
    else expect(outcome).toMatch(expected);
  });
});

describe('a session that is connected', () => {
  it('is not harmed by an accept of another request', async () => {
    const { stage, asked, sessionId } = await connected();
    const second = registerApp(stage.kitchen, { abilityName: 'Second' });
    void second.abilityConnectionManager.connect(createSession(second, stage.phone));
    const { token } = await asked.offers.next();
    const manager = asked.app.abilityConnectionManager;
    expect(await outcomeOf(() => manager.acceptConnect(sessionId, token))).toMatch(/^rejects 401/);
    await expect(manager.sendMessage(sessionId, 'still here')).resolves.toBeUndefined();
  });
});

describe('a session of an app that was closed', () => {
  it('is gone, and the module of that app makes no new one', async () => {
    const { stage, asked, sessionId } = await connected();
    asked.app.close();
    const manager = asked.app.abilityConnectionManager;
    expect(await outcomeOf(() => manager.disconnect(sessionId))).toMatch(/^throws 401/);
    const create = () => manager.createAbilityConnectionSession('s', asked.app.context, peerOn(stage.kitchen), {});
    expect(await outcomeOf(create)).toMatch(/^throws 401/);
  });
});
