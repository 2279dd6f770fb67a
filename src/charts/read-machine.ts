/** Reads a machine's definition: its states and transitions as plain data, so that every document shows the chart that runs. */
import type { AnyStateMachine, StateNode } from 'xstate';
import { edgeOf, eventWords, type Transition } from '../machines/transition-name.js';
import type { ChartModel, ChartState, ChartTransition } from '../protocol/chart.js';
import type { MachineName } from '../protocol/codes.js';

export function readMachine(machine: AnyStateMachine, name: MachineName): ChartModel {
  const { root } = machine;
  const inner = descendantsOf(root);
  // The machine as a whole is a state where it has transitions of its own.
  const nodes = root.transitions.size > 0 ? [root, ...inner] : inner;
  return {
    machine: name,
    initial: initialOf(root),
    states: nodes.map((node) => readState(node, nodes)),
    transitions: nodes.flatMap((node) =>
      [...node.transitions.values()].flat().map((transition) => readTransition(transition, machine)),
    ),
  };
}

function descendantsOf(node: StateNode): StateNode[] {
  return Object.values(node.states).flatMap((child) => [child, ...descendantsOf(child)]);
}

function initialOf(node: StateNode): string {
  const [target] = node.initial.target;
  if (target === undefined) throw new Error(`the machine ${node.key} has no initial state`);
  return target.key;
}

function readState(node: StateNode, all: readonly StateNode[]): ChartState {
  const { key, parent } = node;
  return {
    id: key,
    label: key,
    kind: kindOf(node),
    isInitial: parent !== undefined && initialOf(parent) === key,
    ...(parent !== undefined && all.includes(parent) && { parent: parent.key }),
    entry: node.entry.map(nameOf).filter(isOwn),
    exit: node.exit.map(nameOf).filter(isOwn),
    invokes: node.invoke.map(({ src }) => nameOf(src)),
  };
}

/** No machine here has states beside each other, or remembers one: no document shows them. */
function kindOf({ key, type }: StateNode): ChartState['kind'] {
  if (type === 'parallel' || type === 'history') throw new Error(`no chart shows a state such as ${key}: ${type}`);
  return type;
}

/** XState starts and stops timers by actions of its own. */
function isOwn(action: string): boolean {
  return !action.startsWith('xstate.');
}

function readTransition(transition: Transition, machine: AnyStateMachine): ChartTransition {
  const { source, eventType, guard, target, actions } = transition;
  const timer = source.after.find((each) => each.eventType === eventType);
  const delay = timer === undefined ? undefined : String(timer.delay);
  const delayMs = delay === undefined ? undefined : Number(machine.implementations.delays[delay] ?? delay);
  const words = guard === undefined ? undefined : guardWords(guard);
  const event = eventWords(eventType, source);
  return {
    id: edgeOf(transition),
    source: source.key,
    target: target?.[0]?.key ?? source.key,
    event: eventType,
    ...(words !== undefined && { guard: words }),
    ...(delay !== undefined && { delay }),
    ...(Number.isFinite(delayMs) && { delayMs: delayMs! }), // a number, as was just seen
    actions: actions.map(nameOf),
    label: words === undefined ? event : `${event} [${words}]`,
    isInternal: target === undefined,
  };
}

/** A guard is named, with what it compares where that is plain, or joins named ones. */
export function guardWords(guard: unknown): string {
  const { guards, params } = Object(guard);
  if (Array.isArray(guards)) return guards.map(nameOf).join(' and ');
  return [nameOf(guard), ...(typeof params === 'object' ? Object.values(params) : [])].join(' ');
}

function nameOf(named: unknown): string {
  return typeof named === 'string' ? named : String(Object(named).type);
}
