/** Gives every state, line and label of a chart its place. */
import type { ElkExtendedEdge, ElkNode } from 'elkjs';
import type { Box, Chart, ChartEdge, ChartModel, ChartNode, ChartState, Point } from '../protocol/chart.js';
import { graphOf, START, START_RADIUS } from './graph.js';
import { layOutGraph } from './layout-thread.js';
import { type Line, linesOf, notesOf, textsIn } from './lines.js';
import { LINE_HEIGHT, PADDING, TITLE_HEIGHT } from './measure.js';

export async function layOut(model: ChartModel): Promise<Chart> {
  const { children = [], edges = [], width = 0, height = 0 } = await layOutGraph(graphOf(model));
  const boxes = new Map(withInner(children).map((node) => [node.id, boxOf(node)]));
  const points = new Map(edges.map((edge) => [edge.id, pointsOf(edge)]));
  const labels = new Map(edges.map((edge) => [edge.id, boxOf(edge.labels?.[0])]));
  const nodes = model.states.map((state) => placeState(state, boxes.get(state.id) ?? boxOf(undefined)));
  const { x, y } = boxes.get(START) ?? boxOf(undefined);
  return {
    machine: model.machine,
    width: Math.ceil(width),
    height: Math.ceil(height),
    start: { x: x + START_RADIUS, y: y + START_RADIUS, radius: START_RADIUS, points: points.get(START) ?? [] },
    nodes,
    edges: [
      ...linesOf(model).flatMap((line) => placeLine(line, labels.get(line.id), points.get(line.id))),
      ...nodes.flatMap((node) => placeTexts(node, model)),
    ],
  };
}

function withInner(nodes: readonly ElkNode[]): ElkNode[] {
  return nodes.flatMap((node) => [node, ...withInner(node.children ?? [])]);
}

function placeState(state: ChartState, box: Box): ChartNode {
  const top = box.y + TITLE_HEIGHT;
  return {
    ...state,
    ...box,
    titleBox: { ...box, height: TITLE_HEIGHT },
    notes: notesOf(state).map((text, row) => ({ text, box: rowOf(box, top, row) })),
  };
}

function placeLine(
  { transitions }: Line,
  { x, y, width }: Box = boxOf(undefined),
  points: readonly Point[] = [],
): ChartEdge[] {
  return transitions.map((transition, row) => ({
    ...transition,
    labelBox: { x, y: round(y + row * LINE_HEIGHT), width, height: LINE_HEIGHT },
    points,
  }));
}

function placeTexts(node: ChartNode, model: ChartModel): ChartEdge[] {
  const top = node.y + TITLE_HEIGHT + node.notes.length * LINE_HEIGHT;
  return textsIn(node, model).map((each, row) => ({ ...each, labelBox: rowOf(node, top, row), points: [] }));
}

function rowOf({ x, width }: Box, top: number, row: number): Box {
  return { x: x + PADDING, y: round(top + row * LINE_HEIGHT), width: width - 2 * PADDING, height: LINE_HEIGHT };
}

function boxOf(shape: Partial<Box> | undefined): Box {
  const { x = 0, y = 0, width = 0, height = 0 } = shape ?? {};
  return { x: round(x), y: round(y), width: round(width), height: round(height) };
}

function pointsOf({ sections = [] }: ElkExtendedEdge): readonly Point[] {
  return sections
    .flatMap(({ startPoint, bendPoints = [], endPoint }) => [startPoint, ...bendPoints, endPoint])
    .map(({ x, y }) => ({ x: round(x), y: round(y) }))
    .reduce<readonly Point[]>(straighten, []);
}

/** Where a line leaves the state around its target, elkjs is off by less than a pixel, which would be seen as a slant. */
function straighten(before: readonly Point[], { x, y }: Point): readonly Point[] {
  const last = before.at(-1) ?? { x, y };
  return [...before, { x: Math.abs(x - last.x) < 1 ? last.x : x, y: Math.abs(y - last.y) < 1 ? last.y : y }];
}

/** A tenth of a pixel is not seen, and longer fractions only make documents longer. */
function round(length: number): number {
  return Math.round(length * 10) / 10;
}
