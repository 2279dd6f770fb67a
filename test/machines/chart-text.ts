/** Writes a chart as text: a Mermaid diagram of what leads elsewhere, and a table of what is done without leaving a state. */
import type { AnyStateMachine, StateNode } from 'xstate';

interface Row {
  readonly state: string;
  readonly event: string;
  /** undefined: the state is kept. */
  readonly target: string | undefined;
  readonly actions: string;
}

/** `stateDiagram-v2`: one arrow from state to state, with every event that takes it. */
export function diagramOf(machine: AnyStateMachine): string {
  const arrows = new Map<string, string[]>();
  for (const { state, event, target } of rowsOf(machine)) {
    if (target === undefined) continue;
    const arrow = `${state} --> ${target}`;
    arrows.set(arrow, [...(arrows.get(arrow) ?? []), event]);
  }
  const lines = [...arrows].map(([arrow, events]) => `${arrow} : ${events.join(', ')}`);
  const ends = statesOf(machine).filter(({ type }) => type === 'final');
  const all = [`[*] --> ${initialOf(machine)}`, ...lines, ...ends.map(({ key }) => `${key} --> [*]`)];
  return ['```mermaid', 'stateDiagram-v2', ...all.map((line) => `    ${line}`), '```'].join('\n');
}

/** Markdown table; states that do the same share a row. */
export function tableOf(machine: AnyStateMachine): string {
  const states = new Map<string, string[]>();
  for (const { state, event, target, actions } of rowsOf(machine)) {
    if (target !== undefined) continue;
    const row = `${event} | ${actions}`;
    states.set(row, [...(states.get(row) ?? []), state]);
  }
  const lines = [...states].map(([row, names]) => `| ${names.join(', ')} | ${row} |`);
  return ['| in | on | does |', '|---|---|---|', ...lines].join('\n');
}

function rowsOf(machine: AnyStateMachine): readonly Row[] {
  return [machine.root, ...statesOf(machine)].flatMap((node) =>
    [...node.transitions.values()].flat().map(({ eventType, guard, target, actions }) => ({
      state: node === machine.root ? 'any' : node.key,
      event: `${wordsOf(eventType, node)}${guard === undefined ? '' : ` [${guardText(guard)}]`}`,
      target: target?.[0]?.key,
      actions: actions.map(nameOf).join(', '),
    })),
  );
}

function statesOf(machine: AnyStateMachine): readonly StateNode[] {
  return Object.values(machine.states);
}

function initialOf(machine: AnyStateMachine): string {
  return machine.root.initial.target[0]?.key ?? '';
}

/** XState's own events, in the words of the chart. */
function wordsOf(eventType: string, { after, invoke }: StateNode): string {
  const timer = after.find((each) => each.eventType === eventType);
  if (timer !== undefined) return `after ${timer.delay}`;
  const actor = invoke.find(({ id }) => eventType.endsWith(`.actor.${id}`));
  if (actor === undefined) return eventType;
  return `${nameOf(actor.src)} ${eventType.startsWith('xstate.done') ? 'done' : 'failed'}`;
}

/** A guard is named, with what it compares where that is plain, or joins named ones. */
function guardText(guard: unknown): string {
  const { guards, params } = Object(guard);
  if (Array.isArray(guards)) return guards.map(nameOf).join(' and ');
  return [nameOf(guard), ...(typeof params === 'object' ? Object.values(params) : [])].join(' ');
}

function nameOf(named: unknown): string {
  return typeof named === 'string' ? named : String(Object(named).type);
}
