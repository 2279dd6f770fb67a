/** A chart as an SVG document that needs nothing else: its states and lines carry classes, its colours are custom properties. */
import type { Chart, ChartEdge, ChartNode, Point } from '../protocol/chart.js';
import { TITLE_HEIGHT } from './measure.js';
import { STYLE } from './svg-style.js';
import { element, escapeXml } from './xml.js';

const ARROW = element(
  'marker',
  {
    id: 'arrow',
    viewBox: '0 0 8 8',
    refX: 7,
    refY: 4,
    markerWidth: 8,
    markerHeight: 8,
    markerUnits: 'userSpaceOnUse',
    orient: 'auto',
  },
  element('path', { class: 'arrow', d: 'M0 0L8 4L0 8z' }),
);
const CORNER = 8;
const FINAL_INSET = 4;
/** From the upper edge of a line of text to where its letters stand, in CSS pixels. */
const BASELINE = 12.5;
const TITLE_BASELINE = 20;

export function formatSvg(chart: Chart): string {
  const { machine, width, height, start, nodes, edges, active } = chart;
  const size = { viewBox: `0 0 ${width} ${height}`, width, height };
  const root = { xmlns: 'http://www.w3.org/2000/svg', ...size, role: 'img', 'aria-labelledby': 'title desc' };
  const content = [
    element(
      'title',
      { id: 'title' },
      `Statechart of the ${machine}${active === undefined ? '' : `, in ${escapeXml(active)}`}`,
    ),
    element('desc', { id: 'desc' }, escapeXml(describe(chart))),
    element('style', {}, STYLE),
    element('defs', {}, ARROW),
    element('rect', { class: 'paper', width, height }),
    ...nodes.map((node) => formatState(node, active)),
    element('circle', { class: 'start', cx: start.x, cy: start.y, r: start.radius }),
    element('g', { class: 'line' }, formatPath(start.points)),
    ...linesOf(edges).map((edge) => formatLine(edge, active)),
    ...edges.map((edge) => formatLabel(edge, active)),
  ];
  return `${element('svg', root, `\n${content.join('\n')}\n`)}\n`;
}

/** In words, for those who do not see it. */
function describe({ nodes, edges }: Chart): string {
  const starts = nodes.filter(({ isInitial }) => isInitial).map(({ label }) => `Starts in ${label}.`);
  const ways = nodes.flatMap(({ id }) => {
    const leaving = edges.filter(({ source, isInternal }) => source === id && !isInternal);
    if (leaving.length === 0) return [];
    return [
      `From ${id}: ${leaving.map(({ target, event, guard }) => `${event}${guard === undefined ? '' : ` if ${guard}`} to ${target}`).join(', ')}.`,
    ];
  });
  return [...starts, ...ways].join(' ');
}

function formatState(node: ChartNode, active: string | undefined): string {
  const { id, label, kind, x, y, width, height, titleBox, notes } = node;
  const frame = element('rect', { x, y, width, height, rx: CORNER });
  const inner = {
    x: x + FINAL_INSET,
    y: y + FINAL_INSET,
    width: width - 2 * FINAL_INSET,
    height: height - 2 * FINAL_INSET,
  };
  const title = { class: 'title', x: titleBox.x + titleBox.width / 2, y: titleBox.y + TITLE_BASELINE };
  const hasTexts = kind !== 'compound' && height > TITLE_HEIGHT;
  return element(
    'g',
    { class: classOf(`state ${kind}`, id === active), 'data-state': id },
    [
      frame,
      kind === 'final' ? element('rect', { ...inner, rx: CORNER - FINAL_INSET }) : '',
      element('text', title, escapeXml(label)),
      hasTexts ? element('path', { d: `M${x} ${y + TITLE_HEIGHT - 2}h${width}` }) : '',
      ...notes.map(({ text, box }) =>
        element('text', { class: 'note', x: box.x, y: box.y + BASELINE }, escapeXml(text)),
      ),
    ].join(''),
  );
}

/** Transitions between the same two states share a line: the first of each. */
function linesOf(edges: readonly ChartEdge[]): ChartEdge[] {
  const drawn = new Map<readonly Point[], ChartEdge>();
  for (const edge of edges) if (edge.points.length > 0 && !drawn.has(edge.points)) drawn.set(edge.points, edge);
  return [...drawn.values()];
}

function formatLine({ source, target, points }: ChartEdge, active: string | undefined): string {
  const attributes = { class: classOf('line', source === active), 'data-source': source, 'data-target': target };
  return element('g', attributes, formatPath(points));
}

function formatPath(points: readonly Point[]): string {
  const d = points.map(({ x, y }, index) => `${index === 0 ? 'M' : 'L'}${x} ${y}`).join('');
  return element('path', { d, 'marker-end': 'url(#arrow)' });
}

function formatLabel(
  { id, source, label, actions, labelBox: { x, y } }: ChartEdge,
  active: string | undefined,
): string {
  const hint = actions.length === 0 ? '' : element('title', {}, escapeXml(`does ${actions.join(', ')}`));
  const attributes = { class: classOf('label', source === active), x, y: y + BASELINE, 'data-edge': id };
  return element('text', attributes, `${escapeXml(label)}${hint}`);
}

function classOf(name: string, isActive: boolean): string {
  return isActive ? `${name} active` : name;
}
