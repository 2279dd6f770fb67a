/** The part of the transport contract about opening a link. */
import { deepEqual, ok, rejects } from 'node:assert/strict';
import { filter, firstValueFrom } from 'rxjs';
import type { DialFailure } from '../transport.js';
import { expected, type Trials } from './stage.js';

const noAbort = new AbortController().signal;

export const DIAL_TRIALS: Trials = {
  'makes one link with an end on each side': async ({ dial }) => {
    const [dialled, accepted] = await dial();
    deepEqual([dialled.isDialler, accepted.isDialler], [true, false]);
    for (const { packetBytes } of [dialled, accepted]) ok(packetBytes >= 20, `packetBytes is ${packetBytes}`);
  },

  "rejects with 'not-in-range' when there is no such device": async ({ left }) => {
    await rejects(left.dial('nobody', { signal: noAbort }), failure('not-in-range'));
  },

  "rejects with 'aborted' when the signal has fired": async ({ left }) => {
    await rejects(left.dial('right', { signal: AbortSignal.abort() }), failure('aborted'));
  },

  "rejects with 'aborted' when the signal fires on the way": async ({ left }) => {
    const controller = new AbortController();
    const dialling = expected(left.dial('right', { signal: controller.signal }));
    controller.abort();
    await rejects(dialling, failure('aborted'));
  },
};

export const RADIO_OFF_TRIALS: Trials = {
  "rejects with 'radio-off' while the radio here is off": async ({ left, harness }) => {
    harness.setRadio('left', 'poweredOff');
    await firstValueFrom(left.radio$.pipe(filter((state) => state === 'poweredOff')));
    await rejects(left.dial('right', { signal: noAbort }), failure('radio-off'));
  },
};

/** What `dial` rejects with: a DialError, also of another copy of the class. */
export function failure(kind: DialFailure): { readonly name: 'DialError'; readonly failure: DialFailure } {
  return { name: 'DialError', failure: kind };
}
