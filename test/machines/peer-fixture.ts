/** A peer whose dials the test answers, and whose effects are written down instead of done. */
import { createActor, fromPromise } from 'xstate';
import { AttemptError } from '../../src/machines/attempt-error.js';
import { type LinkNumber, type PeerEvent, peerMachine } from '../../src/machines/peer.js';
import { record } from './recorded.js';

/** One dial under way. */
export interface Dial {
  readonly signal: AbortSignal;
  readonly succeed: (link: LinkNumber) => void;
  readonly fail: (error: unknown) => void;
}

/** Of the two devices, the one with the smaller id has the preferred dial. */
export function createPeer({ isOwnDialPreferred = true } = {}) {
  const { machine, clock, options, effects, take } = record(peerMachine);
  const dials: Dial[] = [];
  const open = fromPromise<LinkNumber, { readonly deviceId: string }>(
    ({ signal }) => new Promise((succeed, fail) => void dials.push({ signal, succeed, fail })),
  );
  const input = { deviceId: 'phone', isOwnDialPreferred };
  const actor = createActor(machine.provide({ actors: { open } }), { ...options, input }).start();
  return {
    actor,
    clock,
    dials,
    effects,
    take,
    state: () => actor.getSnapshot().value,
    context: () => actor.getSnapshot().context,
    send: (...events: readonly PeerEvent[]) => events.forEach(actor.send),
    /** Answers the dial that is under way, and returns once the chart has heard. */
    async succeed(link: LinkNumber): Promise<void> {
      dials.at(-1)?.succeed(link);
      await turns();
    },
    async fail(error: unknown): Promise<void> {
      dials.at(-1)?.fail(error);
      await turns();
    },
  };
}

/** Long enough for a promise's answer to reach the chart. */
async function turns(): Promise<void> {
  for (let turn = 0; turn < 4; turn += 1) await Promise.resolve();
}

export const wanted: PeerEvent = { type: 'link.wanted' };
export const unwanted: PeerEvent = { type: 'link.unwanted' };
export const radioOn: PeerEvent = { type: 'radio.on' };
export const radioOff: PeerEvent = { type: 'radio.off' };
export const sighted: PeerEvent = { type: 'device.sighted' };
export const offered = (link: LinkNumber): PeerEvent => ({ type: 'link.offered', link });
export const lost = (link: LinkNumber): PeerEvent => ({ type: 'link.lost', link, trouble: 'out of range' });
export const passing = new AttemptError('nobody there', { isFinal: false });
