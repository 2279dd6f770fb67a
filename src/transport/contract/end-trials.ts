/** The part of the transport contract about the ends of links and of transports. */
import { deepEqual, equal, ok, rejects } from 'node:assert/strict';
import { firstValueFrom, lastValueFrom, type Observable, toArray } from 'rxjs';
import type { LinkEnd } from '../transport.js';
import { failure } from './dial-trials.js';
import { dialBoth, expected, hex, presenceOf, seen, type Trials, writeAll } from './stage.js';

export const END_TRIALS: Trials = {
  'is told on both sides, once, also to late subscribers': async ({ dial }) => {
    const [dialled, accepted] = await dial();
    dialled.close();
    equal(await lastValueFrom(accepted.ended$), 'closed-there');
    deepEqual(await lastValueFrom(accepted.ended$.pipe(toArray())), ['closed-there']);
    deepEqual(await lastValueFrom(dialled.ended$.pipe(toArray())), ['closed-here']);
  },

  'may come from the side that was dialled': async ({ dial }) => {
    const [dialled, accepted] = await dial();
    accepted.close();
    equal(await lastValueFrom(dialled.ended$), 'closed-there');
  },

  'keeps the first reason': async ({ dial }) => {
    const [dialled, accepted] = await dial();
    dialled.close('duplicate');
    dialled.close('silent');
    await lastValueFrom(accepted.ended$);
    equal(await lastValueFrom(dialled.ended$), 'duplicate');
  },

  'completes the streams and makes write refuse': async ({ dial }) => {
    const [dialled, accepted] = await dial();
    const done = expected(allComplete([dialled.packets$, dialled.writable$, accepted.packets$, accepted.writable$]));
    dialled.close();
    await done;
    const taken = [dialled, accepted].map((link) => link.write(Uint8Array.of(1)));
    deepEqual(taken, [false, false]);
  },

  'leaves the way free for the next one': async ({ left, dial }) => {
    const [first, firstThere] = await dial();
    first.close();
    await lastValueFrom(firstThere.ended$);
    await seen(left, 'right');
    const [second, secondThere] = await dial();
    await writeAll(second, [Uint8Array.of(9)]);
    equal(hex(await firstValueFrom(secondThere.packets$)), '09');
  },
};

export const RADIO_END_TRIALS: Trials = {
  "is 'radio-off' where the radio is switched off": async ({ dial, harness }) => {
    const [dialled, accepted] = await dial();
    harness.setRadio('left', 'poweredOff');
    equal(await lastValueFrom(dialled.ended$), 'radio-off');
    isOneOf(await lastValueFrom(accepted.ended$), ['lost', 'closed-there', 'peer-radio-off']);
  },
};

export const CLOSE_TRIALS: Trials = {
  'ends every link and stream, and dials no more': async ({ left, dial }) => {
    const [dialled, accepted] = await dial();
    const done = expected(allComplete([left.radio$, left.sightings$, left.incoming$]));
    await left.close();
    await done;
    equal(await lastValueFrom(dialled.ended$), 'closed-here');
    isOneOf(await lastValueFrom(accepted.ended$), ['lost', 'closed-there']);
    const { signal } = new AbortController();
    await rejects(left.dial('right', { signal }), failure('closed'));
  },

  'may be called again': async ({ left }) => {
    await left.close();
    await left.close();
  },

  'lets the same device come back': async ({ left, right, harness }) => {
    await right.close();
    const back = await harness.createTransport('right');
    try {
      back.announce(presenceOf('right'));
      await seen(left, 'right');
      const [dialled] = await dialBoth(left, back, 'right');
      equal(dialled.isDialler, true);
    } finally {
      await back.close();
    }
  },
};

async function allComplete(streams: readonly Observable<unknown>[]): Promise<void> {
  await Promise.all(streams.map((stream$) => lastValueFrom(stream$, { defaultValue: undefined })));
}

function isOneOf(end: LinkEnd, allowed: readonly LinkEnd[]): void {
  ok(allowed.includes(end), `it ended with '${end}', not with ${allowed.join(', ')}`);
}
