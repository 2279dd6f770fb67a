/** Draws a chart once; afterwards only classes change: which state is active, which way was taken last, which ways are open. */
import { memo } from 'preact/compat';
import type { Chart, ChartEdge, ChartNode, Point } from '../../protocol/chart.js';
import type { ChartMoment } from '../trace/replay.js';
import { ancestorsOf } from './possibilities.js';

interface Props {
  readonly chart: Chart;
  readonly moment: ChartMoment | undefined;
  /** Counts what was seen, so that a way taken twice is shown twice. */
  readonly pulse: number;
}

/** From the upper edge of a box to where its letters stand, in the sizes that the layout measured with; see the charts room. */
const BASELINE = 12.5;
const TITLE_BASELINE = 20;
const FINAL_INSET = 4;

export function ChartView({ chart, moment, pulse }: Props) {
  const { machine, width, height } = chart;
  const around = ancestorsOf(chart, moment?.state);
  const taken = chart.edges.find(({ id }) => id === moment?.edge);
  const way = taken === undefined ? '' : `, came by ${taken.label} from ${taken.source}`;
  return (
    <svg
      class="chart"
      id={`chart-${machine}`}
      viewBox={`0 0 ${width} ${height}`}
      width={width}
      height={height}
      role="img"
      aria-label={`Chart of the ${machine}: ${moment?.state ?? 'state not known'}${way}`}
    >
      <defs>
        <Arrow id={`${machine}-arrow`} look="arrow" />
        <Arrow id={`${machine}-arrow-open`} look="arrow is-open" />
        <Arrow id={`${machine}-arrow-taken`} look="arrow is-taken" />
      </defs>
      {chart.nodes.map((node) => (
        <Node key={node.id} node={node} isActive={node.id === moment?.state} isAround={around.includes(node.id)} />
      ))}
      <circle class="chart-start" cx={chart.start.x} cy={chart.start.y} r={chart.start.radius} />
      <path class="line" d={pathOf(chart.start.points)} marker-end={`url(#${machine}-arrow)`} />
      {linesOf(chart).map(({ edge, ids }) => {
        const isTaken = taken !== undefined && ids.includes(taken.id);
        const look = isTaken ? 'is-taken' : around.includes(edge.source) ? 'is-open' : '';
        return <Line key={`${edge.id} ${isTaken ? pulse : ''}`} machine={machine} edge={edge} look={look} />;
      })}
      {chart.edges.map((edge) => (
        <Label key={edge.id} edge={edge} isTaken={edge.id === taken?.id} isOpen={around.includes(edge.source)} />
      ))}
    </svg>
  );
}

function Arrow({ id, look }: { readonly id: string; readonly look: string }) {
  return (
    <marker
      id={id}
      viewBox="0 0 8 8"
      refX="7"
      refY="4"
      markerWidth="9"
      markerHeight="9"
      markerUnits="userSpaceOnUse"
      orient="auto"
    >
      <path class={look} d="M0 0.5L8 4L0 7.5z" />
    </marker>
  );
}

interface NodeProps {
  readonly node: ChartNode;
  readonly isActive: boolean;
  readonly isAround: boolean;
}

const Node = memo(function Node({ node, isActive, isAround }: NodeProps) {
  const { id, label, kind, x, y, width, height, titleBox, notes } = node;
  const look = isActive ? 'is-active' : isAround ? 'is-around' : '';
  return (
    <g class={`node is-${kind} ${look}`} data-state={id}>
      <rect x={x} y={y} width={width} height={height} rx="8" />
      {kind === 'final' && (
        <rect
          class="inner"
          x={x + FINAL_INSET}
          y={y + FINAL_INSET}
          width={width - 2 * FINAL_INSET}
          height={height - 2 * FINAL_INSET}
          rx="5"
        />
      )}
      {isActive && <circle class="here" cx={x + 14} cy={y + 15} r="4" />}
      <text class="name" x={titleBox.x + titleBox.width / 2} y={titleBox.y + TITLE_BASELINE}>
        {label}
      </text>
      {notes.map(({ text, box }) => (
        <text key={text} class="note" x={box.x} y={box.y + BASELINE}>
          {text}
        </text>
      ))}
    </g>
  );
});

interface LineProps {
  readonly machine: string;
  readonly edge: ChartEdge;
  readonly look: string;
}

const Line = memo(function Line({ machine, edge, look }: LineProps) {
  const head = look === '' ? 'arrow' : `arrow-${look.slice('is-'.length)}`;
  return <path class={`line ${look}`} d={pathOf(edge.points)} marker-end={`url(#${machine}-${head})`} />;
});

interface LabelProps {
  readonly edge: ChartEdge;
  readonly isTaken: boolean;
  readonly isOpen: boolean;
}

const Label = memo(function Label({ edge, isTaken, isOpen }: LabelProps) {
  const { id, label, labelBox } = edge;
  return (
    <text
      class={`label ${isTaken ? 'is-taken' : isOpen ? 'is-open' : ''}`}
      data-edge={id}
      x={labelBox.x}
      y={labelBox.y + BASELINE}
    >
      {label}
    </text>
  );
});

/** Transitions between the same two states share a line; those that leave no state have none. */
function linesOf({ edges }: Chart): readonly { readonly edge: ChartEdge; readonly ids: readonly string[] }[] {
  const lines = new Map<string, { edge: ChartEdge; ids: string[] }>();
  for (const edge of edges.filter(({ points }) => points.length > 0)) {
    const key = pathOf(edge.points);
    const known = lines.get(key);
    if (known === undefined) lines.set(key, { edge, ids: [edge.id] });
    else known.ids.push(edge.id);
  }
  return [...lines.values()];
}

function pathOf(points: readonly Point[]): string {
  return points.map(({ x, y }, index) => `${index === 0 ? 'M' : 'L'}${x} ${y}`).join('');
}
