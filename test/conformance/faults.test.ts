import { describe, expect, it } from 'vitest';
import type { Frame } from '../../src/protocol/frame.js';
import {
  CREDIT_WINDOW_BYTES,
  LINK_SILENCE_MS,
  MAX_PENDING_OFFERS,
  RESUME_WINDOW_MS,
} from '../../src/protocol/limits.js';
import { acceptOffer, connectedPair, createStage, listen, type Pair, registerAskedApp, type Stage } from './fixture.js';
import { createRawPeer, nextFrame, openFrame, type RawPeer, tokenOf } from './raw-peer.js';
import { advance, advanceUntil, turns } from './time.js';

/** A pair of apps that talk, beside whatever a bad peer does to the kitchen. */
async function disturbed(): Promise<{ stage: Stage; pair: Pair; peer: RawPeer }> {
  const stage = await createStage();
  const pair = await connectedPair(stage);
  return { stage, pair, peer: await createRawPeer(stage, stage.kitchen) };
}

async function expectUndisturbed({ stage, pair }: { stage: Stage; pair: Pair }): Promise<void> {
  const before = pair.phone.heard.receiveMessage.all.length;
  await advanceUntil(stage.clock, pair.kitchen.manager.sendMessage(pair.kitchen.sessionId, 'undisturbed'));
  expect(pair.phone.heard.receiveMessage.all.slice(before)).toMatchObject([{ msg: 'undisturbed' }]);
  expect([...pair.kitchen.heard.disconnect.all, ...pair.phone.heard.disconnect.all]).toEqual([]);
}

/** A session of the kitchen's app with the raw peer. */
async function connectedRaw(stage: Stage, peer: RawPeer) {
  const asked = registerAskedApp(stage.kitchen, { abilityName: 'Raw' });
  const token = tokenOf(1);
  peer.say(
    openFrame(token, { sink: { bundleName: 'com.example.remotephotodemo', moduleName: 'entry', abilityName: 'Raw' } }),
  );
  const { sessionId, accepted } = acceptOffer(asked, await asked.offers.next());
  await nextFrame(peer, 'accept');
  peer.say({ type: 'confirm', session: sessionId, token });
  await accepted;
  return { token, sessionId, end: listen(stage.kitchen, asked.app, sessionId) };
}

describe('a peer that falls silent in the middle of a transfer', () => {
  it('ends the session on this side with NETWORK_DISCONNECTED, once, and rejects what it did not acknowledge', async () => {
    const stage = await createStage();
    const { kitchen } = await connectedPair(stage);
    const sending = Promise.allSettled([kitchen.manager.sendData(kitchen.sessionId, new ArrayBuffer(2_000_000))]);
    stage.air.stall('phone');
    await advance(stage.clock, LINK_SILENCE_MS + 3 * RESUME_WINDOW_MS);
    expect(await sending).toMatchObject([{ status: 'rejected', reason: { kind: 'sessionEnded' } }]);
    expect(kitchen.heard.disconnect.all).toEqual([{ sessionId: kitchen.sessionId, reason: 2 }]);
  });

  it('that comes back in time gets the rest', async () => {
    const stage = await createStage();
    const { kitchen, phone } = await connectedPair(stage);
    const sending = kitchen.manager.sendData(kitchen.sessionId, new ArrayBuffer(2_000_000));
    stage.air.stall('phone', 10_000);
    await advanceUntil(stage.clock, sending);
    expect(phone.heard.receiveData.all.map(({ data }) => data?.byteLength)).toEqual([2_000_000]);
  });

  it('that never reads cannot make this side keep more than the credit on its way', async () => {
    const stage = await createStage();
    const peer = await createRawPeer(stage, stage.kitchen);
    const { end, sessionId } = await connectedRaw(stage, peer);
    const sending = end.manager
      .sendData(sessionId, new ArrayBuffer(4 * CREDIT_WINDOW_BYTES))
      .catch(() => 'ended with the test');
    await advance(stage.clock, 2_000);
    const sent = peer.frames.all.reduce((sum, frame) => sum + (frame.type === 'data' ? frame.payload.length : 0), 0);
    expect(sent).toBeGreaterThan(CREDIT_WINDOW_BYTES / 2);
    expect(sent).toBeLessThanOrEqual(CREDIT_WINDOW_BYTES);
    end.manager.disconnect(sessionId);
    expect(await sending).toBe('ended with the test');
  });
});

const STRAY: readonly (readonly [what: string, frame: Frame])[] = [
  [
    'text for a session that is not there',
    { type: 'text', session: 4_711, sequence: 1, acknowledgement: 0, text: 'x', bytes: 1 },
  ],
  [
    "text for another peer's session",
    { type: 'text', session: 100, sequence: 1, acknowledgement: 0, text: 'x', bytes: 1 },
  ],
  ["close for another peer's session", { type: 'close', session: 100, token: tokenOf(9), reason: 0 }],
  ['accept for a session that is not there', { type: 'accept', session: 4_711, from: 1, token: tokenOf(9) }],
  ["accept for another peer's session", { type: 'accept', session: 100, from: 1, token: tokenOf(9) }],
  ['confirm out of nowhere', { type: 'confirm', session: 4_711, token: tokenOf(9) }],
  ['reject out of nowhere', { type: 'reject', session: 100, token: tokenOf(9), errorCode: 1, reason: 'x' }],
  [
    'resume of a session that is not there',
    { type: 'resume', session: 4_711, from: 1, token: tokenOf(9), received: 7, creditLimit: 7 },
  ],
  ['acknowledgement out of nowhere', { type: 'acknowledge', session: 100, acknowledgement: 9_999, creditLimit: 0 }],
];

describe('a frame that means nothing here', () => {
  it.each(STRAY)('%s: disturbs nobody', async (_, frame) => {
    const scene = await disturbed();
    scene.peer.say(frame);
    await turns();
    await expectUndisturbed(scene);
    expect(scene.pair.kitchen.heard.receiveMessage.all).toEqual([]);
  });

  it('resume of a session that is not there is answered with close, so that the peer knows', async () => {
    const { peer } = await disturbed();
    const token = tokenOf(9);
    peer.say({ type: 'resume', session: 4_711, from: 55, token, received: 0, creditLimit: 0 });
    expect(await nextFrame(peer, 'close')).toMatchObject({ session: 55, token });
  });
});

const VIOLATIONS: readonly (readonly [what: string, frames: (session: number) => readonly Frame[]])[] = [
  [
    'a gap in the sequence',
    (session) => [{ type: 'text', session, sequence: 5, acknowledgement: 0, text: 'x', bytes: 1 }],
  ],
  [
    'an acknowledgement of what was never sent',
    (session) => [{ type: 'acknowledge', session, acknowledgement: 7, creditLimit: CREDIT_WINDOW_BYTES }],
  ],
  [
    'data that begins in the middle',
    (session) => [
      {
        type: 'data',
        session,
        sequence: 1,
        acknowledgement: 0,
        isFirst: false,
        isLast: true,
        payload: new Uint8Array(1),
      },
    ],
  ],
  [
    'more than the credit allows',
    (session) =>
      Array.from({ length: 6 }, (_, index) => ({
        type: 'data' as const,
        session,
        sequence: index + 1,
        acknowledgement: 0,
        isFirst: index === 0,
        isLast: false,
        payload: new Uint8Array(60_000),
      })),
  ],
];

describe('a peer that breaks the rules of delivery', () => {
  it.each(VIOLATIONS)('by %s loses its link, and nobody else does', async (_, frames) => {
    const scene = await disturbed();
    const { sessionId, end } = await connectedRaw(scene.stage, scene.peer);
    end.app.pauseDelivery(); // the first credit window is all there is
    const ended = new Promise((resolve) => scene.peer.link.ended$.subscribe(resolve));
    scene.peer.say(...frames(sessionId));
    expect(await ended).toMatch(/closed-there|lost/);
    expect([...end.heard.receiveMessage.all, ...end.heard.receiveData.all]).toEqual([]);
    await expectUndisturbed(scene);
  });
});

describe('a peer that says everything twice', () => {
  it('is heard once, and gets every acknowledgement', async () => {
    const stage = await createStage();
    const peer = await createRawPeer(stage, stage.kitchen);
    const { sessionId, end } = await connectedRaw(stage, peer);
    const text = (sequence: number): Frame => ({
      type: 'text',
      session: sessionId,
      sequence,
      acknowledgement: 0,
      text: `text ${sequence}`,
      bytes: 6,
    });
    peer.say(text(1), text(1), text(2), text(1), text(2));
    await turns();
    expect(end.heard.receiveMessage.all.map(({ msg }) => msg)).toEqual(['text 1', 'text 2']);
    expect((await nextFrame(peer, 'acknowledge')).acknowledgement).toBe(2);
  });
});

describe('a flood of requests to connect', () => {
  it('reaches the app only as far as MAX_PENDING_OFFERS, and disturbs nobody', async () => {
    const scene = await disturbed();
    const asked = registerAskedApp(scene.stage.kitchen, { abilityName: 'Flooded' });
    const sink = { bundleName: 'com.example.remotephotodemo', moduleName: 'entry', abilityName: 'Flooded' };
    for (let index = 0; index < MAX_PENDING_OFFERS + 100; index += 1) {
      scene.peer.say(openFrame(tokenOf(index), { from: index + 1, serviceName: `service ${index}`, sink }));
    }
    await turns();
    expect(asked.offers.all).toHaveLength(MAX_PENDING_OFFERS);
    expect(scene.peer.frames.all.filter(({ type }) => type === 'reject')).toHaveLength(100);
    await expectUndisturbed(scene);
  });

  it('is bounded for a peer that takes every request back at once, too', async () => {
    const scene = await disturbed();
    const asked = registerAskedApp(scene.stage.kitchen, { abilityName: 'Flooded' }, () => new Promise(() => {}));
    const sink = { bundleName: 'com.example.remotephotodemo', moduleName: 'entry', abilityName: 'Flooded' };
    for (let index = 0; index < MAX_PENDING_OFFERS + 100; index += 1) {
      const token = tokenOf(index);
      scene.peer.say(openFrame(token, { from: index + 1, serviceName: `service ${index}`, sink }), {
        type: 'close',
        session: 0,
        token,
        reason: 0,
      });
    }
    await turns();
    expect(asked.offers.all.length).toBeGreaterThan(0);
    expect(asked.offers.all.length).toBeLessThanOrEqual(MAX_PENDING_OFFERS);
    await expectUndisturbed(scene);
  });
});
