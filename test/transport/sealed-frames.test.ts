import { lastValueFrom } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { SimulatedClock } from 'xstate';
import type { DataFrame, Frame } from '../../src/protocol/frame.js';
import {
  KEEP_ALIVE_MS,
  LINK_SILENCE_MS,
  MAX_CHUNK_BYTES,
  MAX_UNREAD_BATCHES,
  PROBE_TIMEOUT_MS,
} from '../../src/protocol/limits.js';
import { patternBytes } from '../../src/transport/contract/stage.js';
import { createSealedFrames } from '../../src/transport/sealed-frames.js';
import { createSealer } from '../../src/transport/sealer.js';
import { recordsOver } from '../support/by-hand.js';
import { type FramePair, framesFrom, openPair, textFrame } from '../support/identities.js';
import { createLinkedPair, upTo } from '../support/links.js';
import { advance, advanceUntil, turns } from '../support/time.js';

describe('sealed frames', () => {
  it.each([
    [20, 31 * 17 - 31],
    [244, 8 * 241 - 31],
    [16_384, MAX_CHUNK_BYTES],
  ])('cut data so that with packets of %i bytes a text waits for %i bytes at most', async (packetBytes, chunkBytes) => {
    const { leftFrames } = await openPairOver(new SimulatedClock(), packetBytes);
    expect(leftFrames.chunkBytes).toBe(chunkBytes);
  });

  it('share a record when they are written in one turn', async () => {
    const { left, right, leftFrames } = await openPair(new SimulatedClock());
    let packets = 0;
    right.packets$.subscribe(() => {
      packets += 1;
    });
    for (const number of upTo(50)) leftFrames.write([textFrame(number)]);
    await turns();
    expect([packets, left.packetBytes > 50 * 20]).toEqual([1, true]);
  });

  it('carry every kind of frame', async () => {
    const { leftFrames, rightFrames } = await openPair(new SimulatedClock());
    const arrived = framesFrom(rightFrames);
    leftFrames.write(oneOfEach);
    await turns();
    expect(arrived).toEqual(oneOfEach);
  });

  it('carry chunks and whatever else fits no record together', async () => {
    const clock = new SimulatedClock();
    const { leftFrames, rightFrames } = await openPairOver(clock, 20);
    const arrived = framesFrom(rightFrames);
    const frames = [
      textFrame(1, 'x'.repeat(1_024)),
      chunk(leftFrames.chunkBytes, 2),
      textFrame(3),
      chunk(1, 4),
      chunk(500, 5),
    ];
    leftFrames.write(frames);
    await advance(clock, 2_000);
    expect(arrived).toEqual(frames);
  });

  it('have enough with one chunk that waits, and say when there is room again', async () => {
    const clock = new SimulatedClock();
    const { air, leftFrames, rightFrames } = await openPairOver(clock, 244);
    air.setFaults({ delayMs: [20, 20] });
    framesFrom(rightFrames);
    let wanted = 0;
    leftFrames.writable$.subscribe(() => {
      wanted += 1;
    });
    leftFrames.write([chunk(leftFrames.chunkBytes, 1)]);
    expect(leftFrames.isWritable()).toBe(false);
    await advance(clock, 1_000);
    expect([leftFrames.isWritable(), wanted]).toEqual([true, 1]);
  });

  it('end when more of them wait for a reader than may be kept', async () => {
    const { leftFrames, rightFrames } = await openPair(new SimulatedClock());
    for (const number of upTo(MAX_UNREAD_BATCHES + 1)) {
      leftFrames.write([textFrame(number)]);
      await turns(1);
    }
    expect(await lastValueFrom(rightFrames.ended$)).toBe('protocol-violation');
  });

  it("end with 'key-exhausted' when the keys have sealed all they may", async () => {
    const clock = new SimulatedClock();
    const { left } = await createLinkedPair({ clock });
    const { link } = createSealedFrames({
      records: recordsOver(left, clock),
      sealer: createSealer(new Uint8Array(32), new Uint8Array(32), 2),
      remote: { deviceId: 'right', deviceName: '', epoch: '' },
      isDialler: true,
      packetBytes: left.packetBytes,
      clock,
    });
    for (const number of upTo(3)) {
      link.write([textFrame(number)]);
      await turns(1);
    }
    expect(await lastValueFrom(link.ended$)).toBe('key-exhausted');
  });
});

describe('keep-alive of sealed frames', () => {
  it('keeps a quiet link, and shows nobody its pings', async () => {
    const clock = new SimulatedClock();
    const { leftFrames, rightFrames } = await openPair(clock);
    const arrived = [framesFrom(leftFrames), framesFrom(rightFrames)];
    await advance(clock, 4 * LINK_SILENCE_MS);
    leftFrames.write([textFrame(1)]);
    await turns();
    expect(arrived).toEqual([[], [textFrame(1)]]);
  });

  it('asks only when nothing was heard for a while', async () => {
    const clock = new SimulatedClock();
    const { leftFrames, right } = await openPair(clock);
    await advance(clock, KEEP_ALIVE_MS - 100);
    let packets = 0;
    right.packets$.subscribe(() => {
      packets += 1;
    });
    await advance(clock, 50);
    expect(packets).toBe(0);
    await advance(clock, 100);
    expect(packets).toBeGreaterThan(0);
    leftFrames.close();
  });

  it("ends 'silent' when nothing is heard for too long", async () => {
    const clock = new SimulatedClock();
    const pair = await openPair(clock);
    pair.air.stall('left'); // it hears nothing, and is heard
    await advance(clock, LINK_SILENCE_MS - 1_000);
    const ended = lastValueFrom(pair.leftFrames.ended$);
    expect(await advanceUntil(clock, ended, 1_000)).toBe('silent');
  });

  it("ends 'silent' sooner when it was probed, and goes on when the probe is answered", async () => {
    const clock = new SimulatedClock();
    const answered = await openPair(clock);
    answered.leftFrames.probe();
    await advance(clock, 2 * PROBE_TIMEOUT_MS);
    const mute = await openPair(clock);
    mute.air.stall('left');
    mute.leftFrames.probe();
    expect(await advanceUntil(clock, lastValueFrom(mute.leftFrames.ended$), PROBE_TIMEOUT_MS)).toBe('silent');
    const arrived = framesFrom(answered.rightFrames);
    answered.leftFrames.write([textFrame(1)]);
    await turns();
    expect(arrived).toEqual([textFrame(1)]);
  });
});

function openPairOver(clock: SimulatedClock, packetBytes: number): Promise<FramePair> {
  return advanceUntil(clock, openPair(clock, { packetBytes }));
}

function chunk(length: number, sequence: number): DataFrame {
  const payload = patternBytes(length, sequence);
  return { type: 'data', session: 100, sequence, acknowledgement: 0, isFirst: true, isLast: false, payload };
}

const token = '0123456789abcdef0123456789abcdef';
const app = { bundleName: 'com.example.app', moduleName: 'entry', abilityName: 'Main' };

const oneOfEach: readonly Frame[] = [
  {
    type: 'open',
    session: 0,
    from: 100,
    token,
    serviceName: 'collabTest',
    source: app,
    sink: app,
    options: {
      needSendData: true,
      needSendStream: false,
      needReceiveStream: false,
      startOptions: 0,
      parameters: { key: 'value' },
    },
  },
  { type: 'accept', session: 100, from: 101, token },
  { type: 'confirm', session: 101, token },
  { type: 'reject', session: 100, token, errorCode: 1, reason: 'not now' },
  { type: 'close', session: 100, token, reason: 0 },
  { type: 'resume', session: 100, from: 101, token, received: 7, creditLimit: 4_000_000_000 },
  { type: 'text', session: 100, sequence: 1, acknowledgement: 2, text: 'grüße', bytes: 7 },
  chunk(10, 2),
  { type: 'acknowledge', session: 100, acknowledgement: 3, creditLimit: 5 },
];
