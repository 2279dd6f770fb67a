/** A chart as elkjs wants it: boxes and labels with their sizes, and how they should lie. */
import type { ElkExtendedEdge, ElkNode, LayoutOptions } from 'elkjs';
import type { ChartModel, ChartState } from '../protocol/chart.js';
import { type Line, linesOf, notesOf, textsIn } from './lines.js';
import { LINE_HEIGHT, PADDING, TITLE_FONT_SIZE, TITLE_HEIGHT, textWidth } from './measure.js';

/** The dot where a chart begins, and its line. No state is called so. */
export const START = '(start)';
export const START_RADIUS = 6;

/** Orthogonal lines. A label has a place of its own in the layout, so that nothing else is drawn there. */
const LAYOUT_OPTIONS: LayoutOptions = {
  'elk.algorithm': 'layered',
  'elk.hierarchyHandling': 'INCLUDE_CHILDREN',
  'elk.edgeRouting': 'ORTHOGONAL',
  'elk.json.shapeCoords': 'ROOT',
  'elk.json.edgeCoords': 'ROOT',
  'elk.padding': '[top=16,left=16,bottom=16,right=16]',
  'elk.spacing.nodeNode': '28',
  'elk.spacing.edgeNode': '16',
  'elk.spacing.edgeEdge': '12',
  'elk.spacing.edgeLabel': '4',
  'elk.layered.spacing.nodeNodeBetweenLayers': '24',
  'elk.layered.spacing.edgeNodeBetweenLayers': '14',
  'elk.layered.spacing.edgeEdgeBetweenLayers': '10',
  // The state in which a machine starts comes first.
  'elk.layered.cycleBreaking.strategy': 'DEPTH_FIRST',
  'elk.layered.layering.strategy': 'LONGEST_PATH',
  'elk.layered.nodePlacement.strategy': 'NETWORK_SIMPLEX',
};

export function graphOf(model: ChartModel): ElkNode {
  // States in a state are a list, which reads from top to bottom; states that lead to each other go down step by step.
  const isNested = model.states.some(({ kind }) => kind === 'compound');
  return {
    id: '(chart)',
    layoutOptions: { ...LAYOUT_OPTIONS, 'elk.direction': isNested ? 'RIGHT' : 'DOWN' },
    children: [{ id: START, width: 2 * START_RADIUS, height: 2 * START_RADIUS }, ...boxesIn(undefined, model)],
    edges: [
      { id: START, sources: [START], targets: [model.initial] },
      ...linesOf(model).map(edgeOf),
      ...model.states.flatMap((state) => tieTo(state, model)),
    ],
  };
}

function boxesIn(parent: string | undefined, model: ChartModel): ElkNode[] {
  return model.states.filter((state) => state.parent === parent).map((state) => boxOf(state, model));
}

function boxOf(state: ChartState, model: ChartModel): ElkNode {
  const texts = [...notesOf(state), ...textsIn(state, model).map(({ label }) => label)];
  const height = TITLE_HEIGHT + (texts.length > 0 ? texts.length * LINE_HEIGHT + PADDING : 0);
  const children = boxesIn(state.id, model);
  if (children.length > 0) {
    const padding = `[top=${height + PADDING},left=${2 * PADDING},bottom=${2 * PADDING},right=${2 * PADDING}]`;
    return { id: state.id, children, layoutOptions: { 'elk.padding': padding } };
  }
  const widths = [textWidth(state.label, TITLE_FONT_SIZE), ...texts.map((text) => textWidth(text))];
  return { id: state.id, width: Math.max(...widths) + 2 * PADDING, height };
}

function edgeOf({ id, source, target, transitions }: Line): ElkExtendedEdge {
  const width = Math.max(...transitions.map(({ label }) => textWidth(label)));
  // A label without a text is given no place.
  const label = { text: id, width, height: transitions.length * LINE_HEIGHT };
  return { id, sources: [source], targets: [target], labels: [label] };
}

/** A final state has no lines; one that is not drawn keeps it near the states that lead to it. */
function tieTo({ id, kind }: ChartState, { transitions }: ChartModel): ElkExtendedEdge[] {
  const last = transitions.findLast(({ target }) => target === id);
  return kind === 'final' && last !== undefined ? [{ id: `tie ${id}`, sources: [last.source], targets: [id] }] : [];
}
