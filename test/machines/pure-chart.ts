/** Steps a chart as a pure function, remembered: the explorations ask for the same few thousand steps millions of times. */
import { type AnyStateMachine, type EventFromLogic, initialTransition, type SnapshotFrom, transition } from 'xstate';

export interface Effect {
  readonly type: string;
  // biome-ignore lint/suspicious/noExplicitAny: parameters differ by action; each model reads those it knows
  readonly params: any;
}

/** A chart between two events. The same state and context are the same object. */
export interface Position<Context> {
  /** Short, and different for different positions. */
  readonly id: string;
  readonly value: string;
  readonly context: Context;
}

export interface Step<Context> {
  readonly to: Position<Context>;
  readonly effects: readonly Effect[];
}

interface PureChartOptions<Context, Event> {
  /** Leaves out of the context what no decision depends on. */
  readonly normalise: (context: Context) => Context;
  /** Looks once at every new step; throws where a law is broken. */
  readonly check: (from: Position<Context>, event: Event, step: Step<Context>) => void;
}

export interface PureChart<Context, Event> {
  /** Where a chart begins that was created with this input. */
  begin(input: unknown): Position<Context>;
  at(value: string, context: Context): Position<Context>;
  step(from: Position<Context>, event: Event): Step<Context>;
  /** `state event` for every pair that was asked for so far. */
  readonly asked: ReadonlySet<string>;
}

export function createPureChart<Context, Event extends { readonly type: string }>(
  machine: AnyStateMachine,
  options: PureChartOptions<Context, Event>,
): PureChart<Context, Event> {
  const positions = new Map<string, Position<Context>>();
  const steps = new Map<string, Step<Context>>();
  const asked = new Set<string>();

  function at(value: string, fullContext: Context): Position<Context> {
    const context = options.normalise(fullContext);
    const key = `${value} ${JSON.stringify(context)}`;
    const known = positions.get(key);
    if (known !== undefined) return known;
    const position = { id: positions.size.toString(36), value, context };
    positions.set(key, position);
    return position;
  }

  function compute(from: Position<Context>, event: Event): Step<Context> {
    const snapshot = machine.resolveState({
      value: from.value,
      context: from.context,
    }) as SnapshotFrom<AnyStateMachine>; // untyped by AnyStateMachine
    const [next, actions] = transition(machine, snapshot, event as EventFromLogic<AnyStateMachine>); // as above
    const effects = actions
      .map(({ type, params }) => ({ type, params }))
      .filter(({ type }) => !type.startsWith('xstate.'));
    const step = { to: at(String(next.value), next.context as Context), effects }; // as above
    options.check(from, event, step);
    asked.add(`${from.value} ${event.type}`);
    return step;
  }

  return {
    at,
    asked,
    begin: (input) => {
      const [snapshot] = initialTransition(machine, input);
      return at(String(snapshot.value), snapshot.context as Context); // untyped by AnyStateMachine
    },
    step: (from, event) => {
      const key = `${from.id} ${JSON.stringify(event)}`;
      const known = steps.get(key);
      if (known !== undefined) return known;
      const step = compute(from, event);
      steps.set(key, step);
      return step;
    },
  };
}
