/**
 * Sees which transition a chart takes, before its actions run. XState asks the machine itself for it, once an event; its inspection would
 * tell the same after the actions, for a third of an event's price and some objects for each of 100,000 actors.
 */
import type { AnyStateMachine } from 'xstate';
import { edgeOf, eventWords } from '../machines/transition-name.js';
import type { MachineName } from '../protocol/codes.js';
import type { TraceRow } from './trace.js';

/** `row` has no edge when the event changed nothing: no transition was there for it, or every guard said no. */
export type OnTransition<Context, Event> = (row: TraceRow, context: Context, event: Event) => void;

/** From now on whatever runs this machine is seen. */
export function watchTransitions<Context, Event>(
  machine: AnyStateMachine,
  name: MachineName,
  onTransition: OnTransition<Context, Event>,
): void {
  const rowOf = createRows(name);
  const select = machine.getTransitionData.bind(machine);
  machine.getTransitionData = (snapshot, event) => {
    const transitions = select(snapshot, event);
    const row = rowOf(String(snapshot.value), event.type, transitions[0]);
    onTransition(row, snapshot.context as Context, event as Event); // the machine's own, which AnyStateMachine does not know
    return transitions;
  };
}

type Transition = ReturnType<AnyStateMachine['getTransitionData']>[number];

/** One row for each transition from each state, made when it is first taken. */
function createRows(machine: MachineName): (from: string, eventType: string, transition?: Transition) => TraceRow {
  const known = new Map<Transition | string, Map<string, TraceRow>>();
  return (from, eventType, transition) => {
    const key = transition ?? eventType;
    const ofKey = known.get(key) ?? new Map<string, TraceRow>();
    known.set(key, ofKey);
    const row = ofKey.get(from) ?? createRow(machine, from, eventType, transition);
    ofKey.set(from, row);
    return row;
  };
}

function createRow(machine: MachineName, from: string, eventType: string, transition?: Transition): TraceRow {
  const lane = machine === 'session' ? 'session' : 'peer';
  if (transition === undefined) return { lane, kind: 'event', name: eventType, machine, from };
  const { source, target } = transition;
  const name = eventWords(eventType, source);
  const edge = edgeOf(transition);
  const [to] = target ?? [];
  if (to === undefined) return { lane, kind: 'event', name, machine, from, edge };
  return { lane, kind: 'state', name, machine, from, to: to.key, edge };
}
