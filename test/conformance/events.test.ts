import { describe, expect, it, vi } from 'vitest';
import type { EventListener, SessionEventName } from '../../src/broker/interface.js';
import {
  connectedPair,
  createSession,
  createStage,
  type End,
  type Pair,
  registerApp,
  registerAskedApp,
} from './fixture.js';
import { loose, outcomeOf } from './outcome.js';
import { turns } from './time.js';

interface Occasion {
  readonly event: SessionEventName;
  /** Makes the event happen at the phone. */
  readonly cause: (pair: Pair) => Promise<unknown>;
  readonly info: (phone: End) => object;
}

const bytes = new Uint8Array([1, 2, 3]).buffer;

/** What a connected pair can cause; 'connect' comes before that, see below. */
const OCCASIONS: readonly Occasion[] = [
  {
    event: 'receiveMessage',
    cause: ({ kitchen }) => kitchen.manager.sendMessage(kitchen.sessionId, 'hello'),
    info: ({ sessionId }) => ({ sessionId, msg: 'hello' }),
  },
  {
    event: 'receiveData',
    cause: ({ kitchen }) => kitchen.manager.sendData(kitchen.sessionId, bytes),
    info: ({ sessionId }) => ({ sessionId, data: bytes }),
  },
  {
    event: 'disconnect',
    cause: async ({ kitchen }) => kitchen.manager.disconnect(kitchen.sessionId),
    info: ({ sessionId }) => ({ sessionId, reason: 0 }),
  },
];

const CAPITALISED = {
  connect: 'Connect',
  disconnect: 'Disconnect',
  receiveMessage: 'ReceiveMessage',
  receiveData: 'ReceiveData',
} as const satisfies Record<SessionEventName, string>;

/** A pair whose phone has no listener yet. */
async function quietPair(): Promise<Pair> {
  const pair = await connectedPair(await createStage());
  for (const event of ['connect', 'disconnect', 'receiveMessage', 'receiveData'] as const) {
    pair.phone.manager.off(event, pair.phone.sessionId);
  }
  return pair;
}

describe.each(OCCASIONS)("on and off('$event')", ({ event, cause, info }) => {
  it('calls the listener with exactly the documented fields', async () => {
    const pair = await quietPair();
    const listener = vi.fn<EventListener>();
    pair.phone.manager.on(event, pair.phone.sessionId, listener);
    await cause(pair);
    await turns();
    expect(listener.mock.calls).toEqual([[info(pair.phone)]]);
  });

  it('calls every listener, in the order they came', async () => {
    const pair = await quietPair();
    const calls: string[] = [];
    pair.phone.manager.on(event, pair.phone.sessionId, () => calls.push('first'));
    pair.phone.manager.on(event, pair.phone.sessionId, () => calls.push('second'));
    await cause(pair);
    await turns();
    expect(calls).toEqual(['first', 'second']);
  });

  it('off with a listener removes just that one', async () => {
    const pair = await quietPair();
    const { manager, sessionId } = pair.phone;
    const [kept, removed] = [vi.fn<EventListener>(), vi.fn<EventListener>()];
    manager.on(event, sessionId, kept);
    manager.on(event, sessionId, removed);
    manager.off(event, sessionId, removed);
    await cause(pair);
    await turns();
    expect([kept.mock.calls.length, removed.mock.calls.length]).toEqual([1, 0]);
  });

  it('off with a listener that was never there removes nothing', async () => {
    const pair = await quietPair();
    const listener = vi.fn<EventListener>();
    pair.phone.manager.on(event, pair.phone.sessionId, listener);
    pair.phone.manager.off(event, pair.phone.sessionId, () => {});
    await cause(pair);
    await turns();
    expect(listener).toHaveBeenCalledTimes(1);
  });

  it.each([[[]], [[undefined]]])('off with %j for a listener removes all', async (third) => {
    const pair = await quietPair();
    const { manager, sessionId } = pair.phone;
    const listeners = [vi.fn<EventListener>(), vi.fn<EventListener>()];
    for (const listener of listeners) manager.on(event, sessionId, listener);
    loose(manager)['off']?.(event, sessionId, ...third);
    await cause(pair);
    await turns();
    expect(listeners.map(({ mock }) => mock.calls.length)).toEqual([0, 0]);
  });

  it.each([null, 'not a function'])('off with %j for a listener throws 401 and removes none', async (third) => {
    const pair = await quietPair();
    const { manager, sessionId } = pair.phone;
    const listener = vi.fn<EventListener>();
    manager.on(event, sessionId, listener);
    const outcome = await outcomeOf(() => loose(manager)['off']?.(event, sessionId, third));
    expect(outcome).toBe('throws 401 invalidParameter');
    await cause(pair);
    await turns();
    expect(listener).toHaveBeenCalledTimes(1);
  });

  it('has static-style names that do the same', async () => {
    const pair = await quietPair();
    const { manager, sessionId } = pair.phone;
    const [kept, removed] = [vi.fn<EventListener>(), vi.fn<EventListener>()];
    manager[`on${CAPITALISED[event]}`](sessionId, kept);
    manager[`on${CAPITALISED[event]}`](sessionId, removed);
    manager[`off${CAPITALISED[event]}`](sessionId, removed);
    await cause(pair);
    await turns();
    expect([kept.mock.calls.length, removed.mock.calls.length]).toEqual([1, 0]);
  });

  it('waits while nobody listens, also after off, and reaches the first listener that comes, once', async () => {
    const pair = await quietPair();
    const [first, second] = [vi.fn<EventListener>(), vi.fn<EventListener>()];
    await cause(pair);
    await turns();
    pair.phone.manager.on(event, pair.phone.sessionId, first);
    expect(first).not.toHaveBeenCalled();
    await turns();
    pair.phone.manager.on(event, pair.phone.sessionId, second);
    await turns();
    expect([first.mock.calls, second.mock.calls]).toEqual([[[info(pair.phone)]], []]);
  });

  it('reaches the listeners of its own session only', async () => {
    const stage = await createStage();
    const pair = await connectedPair(stage);
    const other = createSession(pair.phone.app, stage.kitchen, { serviceName: 'other' });
    const listener = vi.fn<EventListener>();
    pair.phone.manager.on(event, other, listener);
    await cause(pair);
    await pair.phone.heard[event].next();
    expect(listener).not.toHaveBeenCalled();
  });

  it('reaches a listener that another one, added before it, removes while it is raised', async () => {
    const pair = await quietPair();
    const { manager, sessionId } = pair.phone;
    const second = vi.fn<EventListener>();
    manager.on(event, sessionId, () => manager.off(event, sessionId));
    manager.on(event, sessionId, second);
    await cause(pair);
    await turns();
    expect(second).toHaveBeenCalledTimes(1);
  });
});

/** A request of the kitchen, and the phone's session that is about to accept it; `connect` fires once it did. */
async function aboutToConnect() {
  const { kitchen, phone } = await createStage();
  const asked = registerAskedApp(phone);
  const caller = registerApp(kitchen);
  void caller.abilityConnectionManager.connect(createSession(caller, phone));
  const { token } = await asked.offers.next();
  const manager = asked.app.abilityConnectionManager;
  return { manager, token, sessionId: createSession(asked.app, kitchen) };
}

describe("on and off('connect')", () => {
  it('calls every listener with the session ID', async () => {
    const { manager, token, sessionId } = await aboutToConnect();
    const listeners = [vi.fn<EventListener>(), vi.fn<EventListener>()] as const;
    manager.on('connect', sessionId, listeners[0]);
    manager.onConnect(sessionId, listeners[1]);
    await manager.acceptConnect(sessionId, token);
    await turns();
    expect(listeners.map(({ mock }) => mock.calls)).toEqual([[[{ sessionId }]], [[{ sessionId }]]]);
  });

  it('off with a listener removes just that one', async () => {
    const { manager, token, sessionId } = await aboutToConnect();
    const [kept, ...removed] = [vi.fn<EventListener>(), vi.fn<EventListener>(), vi.fn<EventListener>()] as const;
    for (const listener of [kept, ...removed]) manager.on('connect', sessionId, listener);
    manager.off('connect', sessionId, removed[0]);
    manager.offConnect(sessionId, removed[1]);
    await manager.acceptConnect(sessionId, token);
    await turns();
    expect([kept, ...removed].map(({ mock }) => mock.calls.length)).toEqual([1, 0, 0]);
  });

  it('off without a listener removes all', async () => {
    const { manager, token, sessionId } = await aboutToConnect();
    const listeners = [vi.fn<EventListener>(), vi.fn<EventListener>()];
    for (const listener of listeners) manager.on('connect', sessionId, listener);
    manager.off('connect', sessionId);
    await manager.acceptConnect(sessionId, token);
    await turns();
    expect(listeners.map(({ mock }) => mock.calls.length)).toEqual([0, 0]);
  });

  it('waits for a listener that comes once acceptConnect has resolved', async () => {
    const { manager, token, sessionId } = await aboutToConnect();
    await manager.acceptConnect(sessionId, token);
    await turns();
    const listener = vi.fn<EventListener>();
    manager.on('connect', sessionId, listener);
    await turns();
    expect(listener.mock.calls).toEqual([[{ sessionId }]]);
  });

  it('fires before the first message arrives', async () => {
    const { kitchen, phone } = await connectedPair(await createStage());
    await kitchen.manager.sendMessage(kitchen.sessionId, 'first');
    expect([phone.heard.connect.all.length, phone.heard.receiveMessage.all.length]).toEqual([1, 1]);
  });
});
