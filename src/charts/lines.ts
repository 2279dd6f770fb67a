/** What of a chart becomes a line of the drawing, and what a line of text in a state's box. */
import type { ChartModel, ChartState, ChartTransition } from '../protocol/chart.js';

/** One line from state to state, with every transition that takes it. */
export interface Line {
  readonly id: string;
  readonly source: string;
  readonly target: string;
  readonly transitions: readonly ChartTransition[];
}

/**
 * Transitions between the same two states share a line. Those to a final state have none: nearly every state has them, and their lines
 * would hide the others.
 */
export function linesOf(model: ChartModel): readonly Line[] {
  const lines = new Map<string, Line>();
  for (const transition of model.transitions.filter((each) => !isInBox(each, model))) {
    const { source, target } = transition;
    const id = `${source}>${target}`;
    lines.set(id, { id, source, target, transitions: [...(lines.get(id)?.transitions ?? []), transition] });
  }
  return [...lines.values()];
}

/** The transitions that are written in a state's box, with the words for it. */
export function textsIn(state: ChartState, model: ChartModel): readonly ChartTransition[] {
  return model.transitions
    .filter((each) => each.source === state.id && isInBox(each, model))
    .map((each) => (each.isInternal ? each : { ...each, label: `${each.label} → ${each.target}` }))
    .sort((one, other) => Number(other.isInternal) - Number(one.isInternal));
}

/** What a state's box says above its transitions. */
export function notesOf({ entry, exit, invokes }: ChartState): readonly string[] {
  return [
    ...entry.map((name) => `entry / ${name}`),
    ...invokes.map((name) => `invoke / ${name}`),
    ...exit.map((name) => `exit / ${name}`),
  ];
}

function isInBox({ isInternal, target }: ChartTransition, { states }: ChartModel): boolean {
  return isInternal || states.some(({ id, kind }) => id === target && kind === 'final');
}
