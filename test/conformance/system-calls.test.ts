import { describe, expect, it, vi } from 'vitest';
import type { CollaborateEventListener } from '../../src/broker/interface.js';
import { connectedPair, createSession, createStage, registerApp } from './fixture.js';
import { fateOf, loose, outcomeOf } from './outcome.js';
import { advance } from './time.js';

/** Calls for images and streams, with arguments that would be right. */
const STREAM_CALLS: readonly (readonly [name: string, values: readonly unknown[]])[] = [
  ['sendImage', [100, {}, 30]],
  ['createStream', [100, { name: 'camera', role: 0 }]],
  ['setSurfaceId', [1_000, 'surface', { width: 640, height: 480 }]],
  ['getSurfaceId', [1_000, { width: 640, height: 480 }]],
  ['updateSurfaceParam', [1_000, { width: 640, height: 480 }]],
  ['startStream', [1_000]],
  ['stopStream', [1_000]],
  ['destroyStream', [1_000]],
];

/** Listener calls for what only system apps hear. */
const LISTENER_CALLS: readonly (readonly [name: string, values: readonly unknown[]])[] = [
  'receiveImage',
  'collaborateEvent',
].flatMap((event) => [
  ['on', [event, 100, () => {}]] as const,
  ['off', [event, 100]] as const,
  [`on${event[0]?.toUpperCase()}${event.slice(1)}`, [100, () => {}]] as const,
  [`off${event[0]?.toUpperCase()}${event.slice(1)}`, [100]] as const,
]);

const SYSTEM_CALLS = [...STREAM_CALLS, ...LISTENER_CALLS];

describe.each(SYSTEM_CALLS)('%s%j', (name, values) => {
  it('gives 202 to an app that is not a system app', async () => {
    const { kitchen, phone } = await createStage();
    const app = registerApp(kitchen);
    createSession(app, phone);
    const outcome = await outcomeOf(() => loose(app.abilityConnectionManager)[name]?.(...values));
    expect(outcome).toBe('throws 202 notSystemApp');
  });

  it('gives 202 before it looks at any argument', async () => {
    const { kitchen } = await createStage();
    const manager = loose(registerApp(kitchen).abilityConnectionManager);
    const event = name === 'on' || name === 'off' ? values.slice(0, 1) : [];
    for (const wrong of [[], [undefined], [undefined, undefined, undefined, undefined]]) {
      expect(await outcomeOf(() => manager[name]?.(...event, ...wrong))).toBe('throws 202 notSystemApp');
    }
  });
});

describe.each(STREAM_CALLS)('%s%j of a system app', (name, values) => {
  it('gives 801 until images and streams come', async () => {
    const { kitchen, phone } = await createStage();
    const app = registerApp(kitchen, { isSystemApp: true });
    createSession(app, phone);
    const outcome = await outcomeOf(() => loose(app.abilityConnectionManager)[name]?.(...values));
    expect(outcome).toMatch(/^(throws|rejects) 801 capabilityNotSupported$/);
  });
});

describe.each(LISTENER_CALLS)('%s%j of a system app', (name, values) => {
  it('works on its session', async () => {
    const { kitchen, phone } = await createStage();
    const app = registerApp(kitchen, { isSystemApp: true });
    createSession(app, phone);
    const outcome = await outcomeOf(() => loose(app.abilityConnectionManager)[name]?.(...values));
    expect(outcome).toBe('returns undefined');
  });

  it('throws 401 for a session that is not there', async () => {
    const { kitchen } = await createStage();
    const manager = loose(registerApp(kitchen, { isSystemApp: true }).abilityConnectionManager);
    expect(await outcomeOf(() => manager[name]?.(...values))).toBe('throws 401 sessionNotFound');
  });
});

describe("'collaborateEvent'", () => {
  it('tells a system app of a message that could not be delivered: SEND_FAILURE', async () => {
    const stage = await createStage();
    const { kitchen } = await connectedPair(stage, { registration: { isSystemApp: true } });
    const listener = vi.fn<CollaborateEventListener>();
    kitchen.manager.on('collaborateEvent', kitchen.sessionId, listener);
    stage.air.partition('kitchen', 'phone');
    const sending = fateOf(kitchen.manager.sendMessage(kitchen.sessionId, 'never arrives'));
    await advance(stage.clock, 60_000);
    expect(await sending).toBe('rejected');
    expect(listener.mock.calls).toEqual([[{ eventType: 0, eventMsg: expect.any(String) }]]);
  });

  it('says nothing of messages that arrive', async () => {
    const { kitchen } = await connectedPair(await createStage(), { registration: { isSystemApp: true } });
    const listener = vi.fn<CollaborateEventListener>();
    kitchen.manager.onCollaborateEvent(kitchen.sessionId, listener);
    await kitchen.manager.sendMessage(kitchen.sessionId, 'arrives');
    expect(listener).not.toHaveBeenCalled();
  });
});
