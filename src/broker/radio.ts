/** The radio here: its chart fed by the transport, and who wants to hear of it. */
import { BehaviorSubject, map, type Observable } from 'rxjs';
import { createActor, fromEventObservable } from 'xstate';
import { type RadioEvent, radioMachine } from '../machines/radio.js';
import type { RadioState } from '../protocol/codes.js';
import type { Transport } from '../transport/transport.js';
import type { TraceRow } from './trace.js';
import { watchTransitions } from './watch-transitions.js';

export interface Radio {
  readonly state$: Observable<RadioState>;
  state(): RadioState;
  close(): void;
}

/** `onTransition` hears of everything the chart does. */
export function watchRadio(transport: Transport, onTransition: (row: TraceRow) => void): Radio {
  const states = new BehaviorSubject<RadioState>('unknown');
  const machine = radioMachine.provide({
    actors: {
      watchRadio: fromEventObservable<RadioEvent, undefined>(() =>
        transport.radio$.pipe(map((state) => ({ type: 'radio.changed', state }))),
      ),
    },
    actions: { announceRadio: (_, { state }) => state !== states.value && states.next(state) },
  });
  watchTransitions(machine, 'radio', onTransition);
  const actor = createActor(machine);
  actor.subscribe({ error: (error) => states.error(error) });
  actor.start();
  return {
    state$: states.asObservable(),
    state: () => states.value,
    close() {
      actor.stop();
      states.complete();
    },
  };
}

/** A radio that will be on in a moment, as far as anyone knows: what needs it waits until its own deadline. */
export function isStarting(state: RadioState): boolean {
  return state === 'unknown' || state === 'resetting';
}
