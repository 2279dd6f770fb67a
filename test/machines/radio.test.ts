import { Subject } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { createActor, fromEventObservable } from 'xstate';
import { type RadioEvent, radioMachine } from '../../src/machines/radio.js';
import { RADIO_STATES, type RadioState } from '../../src/protocol/codes.js';
import { record } from './recorded.js';

function createRadio() {
  const radio$ = new Subject<RadioEvent>();
  const { machine, options, effects } = record(radioMachine);
  const watchRadio = fromEventObservable<RadioEvent, undefined>(() => radio$);
  const actor = createActor(machine.provide({ actors: { watchRadio } }), options).start();
  const announced = () => effects.map(({ params }) => params);
  const change = (state: RadioState) => radio$.next({ type: 'radio.changed', state });
  return { radio$, actor, announced, change, state: () => actor.getSnapshot().value };
}

describe('the radio', () => {
  it('is unknown until the transport says more', () => {
    const { state, announced } = createRadio();
    expect([state(), announced()]).toEqual(['unknown', [{ state: 'unknown' }]]);
  });

  it('has exactly the states that codes.ts names', () => {
    expect(Object.keys(radioMachine.states)).toEqual([...RADIO_STATES]);
  });

  it.each(RADIO_STATES)('is %s when the transport says so, from every state, and announces it', (target) => {
    for (const before of RADIO_STATES) {
      const { change, state, announced } = createRadio();
      change(before);
      change(target);
      expect([state(), announced().at(-1)]).toEqual([target, { state: target }]);
    }
  });

  it('is unknown when it can no longer be watched, and says why', () => {
    const { radio$, change, state, announced, actor } = createRadio();
    change('poweredOn');
    radio$.error(new Error('the adapter was pulled out'));
    expect([state(), announced().at(-1)]).toEqual(['unknown', { state: 'unknown' }]);
    expect(actor.getSnapshot().context.trouble).toContain('the adapter was pulled out');
  });

  it('stays what it was when the transport is closed', () => {
    const { radio$, change, state } = createRadio();
    change('poweredOn');
    radio$.complete();
    expect(state()).toBe('poweredOn');
  });

  it('stops watching when it is stopped', () => {
    const { radio$, actor } = createRadio();
    actor.stop();
    expect(radio$.observed).toBe(false);
  });
});
