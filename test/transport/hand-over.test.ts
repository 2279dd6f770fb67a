import { lastValueFrom } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { SimulatedClock } from 'xstate';
import { HAND_OVER_CHUNK_BYTES } from '../../src/protocol/limits.js';
import { SUPERVISION_TIMEOUT_MS } from '../../src/transport/memory.js';
import { framesFrom, openPair, textFrame } from '../support/identities.js';
import { upTo } from '../support/links.js';
import { advance, turns } from '../support/time.js';

describe('hand-over', () => {
  const clock = new SimulatedClock();

  it('passes the frames themselves, not copies', async () => {
    const { leftFrames, rightFrames } = await openPair(clock, { sealed: false });
    const arrived = framesFrom(rightFrames);
    const frame = { ...textFrame(1), type: 'data', isFirst: true, isLast: true, payload: new Uint8Array(9) } as const;
    leftFrames.write([frame]);
    await turns();
    expect(arrived[0]).toBe(frame);
  });

  it('leaves the array of the caller alone', async () => {
    const { leftFrames, rightFrames } = await openPair(clock, { sealed: false });
    const arrived = framesFrom(rightFrames);
    const frames = [textFrame(1)];
    leftFrames.write(frames);
    frames.length = 0;
    await turns();
    expect(arrived).toEqual([textFrame(1)]);
  });

  it('always takes more: nothing is copied, and credit bounds the rest', async () => {
    const { air, leftFrames } = await openPair(clock, { sealed: false });
    air.stall('right');
    leftFrames.write(upTo(10_000).map((number) => textFrame(number)));
    expect([leftFrames.isWritable(), leftFrames.chunkBytes]).toEqual([true, HAND_OVER_CHUNK_BYTES]);
  });

  it('loses nothing to a stall, and nothing to a moment out of range', async () => {
    const { air, leftFrames, rightFrames } = await openPair(clock, { sealed: false });
    const arrived = framesFrom(rightFrames);
    air.stall('right', 1_000);
    leftFrames.write([textFrame(1)]);
    await advance(clock, 1_000);
    air.partition('left', 'right');
    leftFrames.write([textFrame(2)]);
    await advance(clock, SUPERVISION_TIMEOUT_MS - 1);
    air.heal('left', 'right');
    leftFrames.write([textFrame(3)]);
    await turns();
    expect(arrived).toEqual([textFrame(1), textFrame(2), textFrame(3)]);
  });

  it("ends 'lost' when the devices stay out of range", async () => {
    const { air, leftFrames } = await openPair(clock, { sealed: false });
    air.partition('left', 'right');
    await advance(clock, SUPERVISION_TIMEOUT_MS);
    expect(await lastValueFrom(leftFrames.ended$)).toBe('lost');
  });
});
