/** A chart as Mermaid text: `stateDiagram-v2`. */
import type { ChartModel, ChartState, ChartTransition } from '../protocol/chart.js';

export function formatMermaid(model: ChartModel, active: string | undefined): string {
  const { initial, states, transitions } = model;
  const flat = states.filter(({ kind }) => kind !== 'compound');
  const lines = [
    ...(active === undefined ? [] : ['classDef active fill:#dbeafe,stroke:#0b5cad,stroke-width:3px']),
    `[*] --> ${initial}`,
    ...flat.flatMap((state) => textsOf(state, transitions)),
    ...arrowsOf(model),
    ...flat.filter(({ kind }) => kind === 'final').map(({ id }) => `${id} --> [*]`),
    ...(active === undefined ? [] : [`class ${active} active`]),
  ];
  return ['stateDiagram-v2', ...lines.map((line) => `    ${line}`), ''].join('\n');
}

/** What is done without leaving the state. A name comes first: a text alone would take its place. */
function textsOf({ id, label }: ChartState, transitions: readonly ChartTransition[]): string[] {
  const own = transitions.filter(({ source, isInternal }) => isInternal && source === id);
  if (own.length === 0) return [];
  return [label, ...own.map(withActions)].map((text) => `${id} : ${text}`);
}

/** One arrow from state to state, with every event that takes it. */
function arrowsOf({ states, transitions }: ChartModel): string[] {
  const arrows = new Map<string, string[]>();
  for (const { source, target, label, isInternal } of transitions) {
    if (isInternal) continue;
    const arrow = `${nameOf(source, states)} --> ${target}`;
    arrows.set(arrow, [...(arrows.get(arrow) ?? []), label]);
  }
  return [...arrows].map(([arrow, labels]) => `${arrow} : ${labels.join(', ')}`);
}

/** Mermaid cannot draw an arrow from a state to one inside it: `any` stands for whichever of them it is in. */
function nameOf(source: string, states: readonly ChartState[]): string {
  return states.some(({ id, kind }) => id === source && kind === 'compound') ? 'any' : source;
}

function withActions({ label, actions }: ChartTransition): string {
  return actions.length === 0 ? label : `${label} / ${actions.join(', ')}`;
}
