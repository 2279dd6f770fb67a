import { describe, expect, it } from 'vitest';
import type { AnyStateMachine } from 'xstate';
import { toDirectedGraph } from 'xstate/graph';
import { chartOf } from '../../src/charts/charts.js';
import { peerMachine } from '../../src/machines/peer.js';
import { radioMachine } from '../../src/machines/radio.js';
import { sessionMachine } from '../../src/machines/session.js';
import type { Box, Chart, Point } from '../../src/protocol/chart.js';

const MACHINES: readonly (readonly ['session' | 'peer' | 'radio', AnyStateMachine])[] = [
  ['session', sessionMachine],
  ['peer', peerMachine],
  ['radio', radioMachine],
];

describe.each(MACHINES)('the chart of the %s', (name, machine) => {
  it("has XState's own transitions, no more and no less", async () => {
    const { edges } = await chartOf(name);
    const graph = toDirectedGraph(machine);
    const all = [graph, ...graph.children].flatMap((node) => node.edges);
    expect(edges.map(({ source, event, target }) => `${source} ${event} ${target}`).sort()).toEqual(
      all.map(({ source, transition, target }) => `${source.key} ${transition.eventType} ${target.key}`).sort(),
    );
  });

  it('names every transition once', async () => {
    const ids = (await chartOf(name)).edges.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('lets no label overlap another one, a state, or a line', async () => {
    const chart = await chartOf(name);
    const labels = chart.edges.map(({ labelBox }) => labelBox);
    const clashes = labels.flatMap((label, index) => [
      ...labels.slice(index + 1).filter((other) => overlaps(label, other)),
      ...leavesOf(chart).filter((node) => overlaps(label, node) && !contains(node, label)),
      ...segmentsOf(chart).filter((segment) => overlaps(label, segment)),
    ]);
    expect(clashes).toEqual([]);
  });

  it('draws every line from its source to its target, by right angles', async () => {
    const { edges, nodes } = await chartOf(name);
    const boxes = new Map(nodes.map((node) => [node.id, node]));
    for (const { source, target, points } of edges.filter((edge) => edge.points.length > 0)) {
      expect(touches(boxes.get(source), points[0]) && touches(boxes.get(target), points.at(-1))).toBe(true);
      for (const [index, { x, y }] of points.slice(1).entries()) {
        expect(Math.min(Math.abs(x - (points[index]?.x ?? 0)), Math.abs(y - (points[index]?.y ?? 0)))).toBe(0);
      }
    }
  });
});

function leavesOf({ nodes }: Chart): readonly Box[] {
  return nodes.filter(({ kind }) => kind !== 'compound');
}

function segmentsOf({ edges, start }: Chart): Box[] {
  return [...edges.map(({ points }) => points), start.points].flatMap((points) =>
    points.slice(1).map((to, index) => between(points[index] ?? to, to)),
  );
}

function between(one: Point, other: Point): Box {
  const x = Math.min(one.x, other.x);
  const y = Math.min(one.y, other.y);
  return { x, y, width: Math.abs(one.x - other.x), height: Math.abs(one.y - other.y) };
}

function overlaps(one: Box, other: Box): boolean {
  const isBeside = one.x + one.width <= other.x || other.x + other.width <= one.x;
  return !isBeside && one.y + one.height > other.y && other.y + other.height > one.y;
}

function contains(outer: Box, { x, y, width, height }: Box): boolean {
  return x >= outer.x && y >= outer.y && x + width <= outer.x + outer.width && y + height <= outer.y + outer.height;
}

/** On its border, or a pixel beside it. */
function touches(box: Box | undefined, point: Point | undefined): boolean {
  if (box === undefined || point === undefined) return false;
  const { x, y, width, height } = box;
  const isWithin = overlaps(
    { ...point, width: 0.1, height: 0.1 },
    { x: x - 1, y: y - 1, width: width + 2, height: height + 2 },
  );
  return (
    isWithin &&
    !contains({ x: x + 1, y: y + 1, width: width - 2, height: height - 2 }, { ...point, width: 0, height: 0 })
  );
}
