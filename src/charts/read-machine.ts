/** Reads a machine's definition: its states and transitions as plain data, so that every document shows the chart that runs. */
import type { AnyStateMachine, StateNode } from 'xstate';
import type { ChartModel, ChartName, ChartState, ChartTransition } from '../protocol/chart.js';

type Transition = StateNode['on'][string][number];

export function readMachine(machine: AnyStateMachine, name: ChartName): ChartModel {
  const { root } = machine;
  const inner = descendantsOf(root);
  // The machine as a whole is a state where it has transitions of its own.
  const nodes = root.transitions.size > 0 ? [root, ...inner] : inner;
  return {
    machine: name,
    initial: initialOf(root),
    states: nodes.map((node) => readState(node, nodes)),
    transitions: nodes.flatMap((node) =>
      [...node.transitions.values()].flatMap((each) =>
        each.map((transition, index) => readTransition(transition, index, machine)),
      ),
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
  const { key, parent, type } = node;
  return {
    id: key,
    label: key,
    kind: type === 'final' || type === 'compound' ? type : 'atomic',
    isInitial: parent !== undefined && initialOf(parent) === key,
    ...(parent !== undefined && all.includes(parent) && { parent: parent.key }),
    entry: node.entry.map(nameOf).filter((name) => !name.startsWith('xstate.')),
    invokes: node.invoke.map(({ src }) => nameOf(src)),
  };
}

function readTransition(transition: Transition, index: number, machine: AnyStateMachine): ChartTransition {
  const { source, eventType, guard, target, actions } = transition;
  const timer = source.after.find((each) => each.eventType === eventType);
  const delay = timer === undefined ? undefined : String(timer.delay);
  const delayMs = delay === undefined ? undefined : Number(machine.implementations.delays[delay] ?? delay);
  const guardWords = guard === undefined ? undefined : wordsOfGuard(guard);
  const event = delay === undefined ? wordsOfEvent(eventType, source) : `after ${delay}`;
  return {
    id: `${source.key}|${eventType}|${index}`,
    source: source.key,
    target: target?.[0]?.key ?? source.key,
    event: eventType,
    ...(guardWords !== undefined && { guard: guardWords }),
    ...(delay !== undefined && { delay }),
    ...(Number.isFinite(delayMs) && { delayMs: delayMs! }), // a number, as was just seen
    actions: actions.map(nameOf),
    label: guardWords === undefined ? event : `${event} [${guardWords}]`,
    isInternal: target === undefined,
  };
}

/** The ends of an invoked actor are events of XState; a chart calls them by the actor's name. */
function wordsOfEvent(eventType: string, { invoke }: StateNode): string {
  const actor = invoke.find(({ id }) => eventType.endsWith(`.actor.${id}`));
  if (actor === undefined) return eventType;
  return `${nameOf(actor.src)} ${eventType.startsWith('xstate.done') ? 'done' : 'failed'}`;
}

/** A guard is named, with what it compares where that is plain, or joins named ones. */
function wordsOfGuard(guard: unknown): string {
  const { guards, params } = Object(guard);
  if (Array.isArray(guards)) return guards.map(nameOf).join(' and ');
  return [nameOf(guard), ...(typeof params === 'object' ? Object.values(params) : [])].join(' ');
}

function nameOf(named: unknown): string {
  return typeof named === 'string' ? named : String(Object(named).type);
}
