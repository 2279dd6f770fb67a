/** Breaks a chart in one place, so that a test can show that it would notice. */
import { type AnyStateMachine, createMachine } from 'xstate';

/** The machine with another transition for one event of one state, or with none. */
export function withTransition(
  machine: AnyStateMachine,
  state: string,
  event: string,
  transition: unknown,
): AnyStateMachine {
  const { states = {}, ...config } = machine.config;
  const { on, ...rest } = states[state] ?? {};
  if (on?.[event] === undefined) throw new Error(`${state} does not handle ${event}`);
  const broken: object = { ...rest, on: { ...on, [event]: transition } };
  return createMachine({ ...config, states: { ...states, [state]: broken } }, machine.implementations);
}
