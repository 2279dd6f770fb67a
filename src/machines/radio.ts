/** The chart of the radio here: what the transport says of it, one state each. */

import { NEVER } from 'rxjs';
import { assign, fromEventObservable, setup } from 'xstate';
import type { RadioState } from '../protocol/codes.js';

export interface RadioContext {
  /** Why the radio can no longer be watched, for people; '' while it can. */
  readonly trouble: string;
}

export interface RadioEvent {
  readonly type: 'radio.changed';
  readonly state: RadioState;
}

const setupRadio = setup({
  types: {
    context: {} as RadioContext, // type carrier, never read: XState's way to name types
    events: {} as RadioEvent, // as above
  },
  actors: {
    /** Provided: the transport's `radio$` as events, present state first. */
    watchRadio: fromEventObservable<RadioEvent, undefined>(() => NEVER),
  },
  guards: {
    is: ({ event }, params: { readonly state: RadioState }) => event.state === params.state,
  },
  actions: {
    noteTrouble: assign((_, params: { readonly error: unknown }) => ({ trouble: String(params.error) })),
    /** Effect, provided by the broker: tells observers and peers. */
    announceRadio: (_, _params: { readonly state: RadioState }) => {},
  },
});

export const radioMachine = setupRadio.createMachine({
  id: 'radio',
  initial: 'unknown',
  context: { trouble: '' },
  invoke: {
    src: 'watchRadio',
    onError: {
      target: '.unknown',
      actions: { type: 'noteTrouble', params: ({ event }) => ({ error: event.error }) },
    },
  },
  on: {
    'radio.changed': [
      { guard: is('unknown'), target: '.unknown' },
      { guard: is('unsupported'), target: '.unsupported' },
      { guard: is('unauthorized'), target: '.unauthorized' },
      { guard: is('poweredOff'), target: '.poweredOff' },
      { guard: is('poweredOn'), target: '.poweredOn' },
      { guard: is('resetting'), target: '.resetting' },
    ],
  },
  states: {
    unknown: { entry: announce('unknown') },
    unsupported: { entry: announce('unsupported') },
    unauthorized: { entry: announce('unauthorized') },
    poweredOff: { entry: announce('poweredOff') },
    poweredOn: { entry: announce('poweredOn') },
    resetting: { entry: announce('resetting') },
  },
});

function is(state: RadioState) {
  return { type: 'is', params: { state } } as const;
}

function announce(state: RadioState) {
  return { type: 'announceRadio', params: { state } } as const;
}
