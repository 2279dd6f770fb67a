/** Runs a chart with every effect written down instead of done. */
import { type ActorOptions, type AnyStateMachine, SimulatedClock } from 'xstate';

/** One action that the chart asked for. */
export interface Recorded {
  readonly type: string;
  readonly params: unknown;
}

export interface Recording<Machine extends AnyStateMachine> {
  readonly machine: Machine;
  readonly clock: SimulatedClock;
  /** For createActor. */
  readonly options: Pick<ActorOptions<Machine>, 'clock'>;
  readonly effects: readonly Recorded[];
  /** Names of the effects since the last call. */
  take(): readonly string[];
}

/** Assigns stay as they are: they decide. Everything else is an effect. */
export function record<Machine extends AnyStateMachine>(machine: Machine): Recording<Machine> {
  const effects: Recorded[] = [];
  const clock = new SimulatedClock();
  const names = Object.entries(machine.implementations.actions).filter(
    ([, action]) => !(action && 'resolve' in action),
  );
  const actions = Object.fromEntries(
    names.map(([type]) => [type, (_: unknown, params: unknown) => void effects.push({ type, params })]),
  );
  let taken = 0;
  return {
    machine: machine.provide({ actions }) as Machine, // provide keeps the machine's type
    clock,
    options: { clock },
    effects,
    take() {
      const news = effects.slice(taken).map(({ type }) => type);
      taken = effects.length;
      return news;
    },
  };
}
