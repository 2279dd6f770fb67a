/** The rooms as a picture for newcomers: who talks to which, and what may import what. Drawn by the layout and in the style of the charts. */
import type { ElkNode } from 'elkjs';
import { rooms } from '../../../.dependency-cruiser.mjs';
import { layOutGraph } from '../../../src/charts/layout-thread.js';
import {
  FONT_SIZE,
  LINE_HEIGHT,
  PADDING,
  TITLE_FONT_SIZE,
  TITLE_HEIGHT,
  textWidth,
} from '../../../src/charts/measure.js';
import { STYLE } from '../../../src/charts/svg-style.js';
import { element, escapeXml } from '../../../src/charts/xml.js';

/** What each room does, in a few words, and by which packages. A room that is missing here does not get past the test. */
export const JOBS: Readonly<Record<string, { readonly job: string; readonly packages?: readonly string[] }>> = {
  main: { job: 'starts: the program tandem, its settings and keys', packages: ['@commander-js/extra-typings', 'pino'] },
  page: { job: 'shows: sessions live in a browser', packages: ['preact'] },
  client: { job: 'speaks: the typed client of the gateway' },
  gateway: { job: 'translates: WebSocket and HTTP', packages: ['fastify', '@fastify/websocket'] },
  hub: { job: 'translates: MQTT', packages: ['mqtt'] },
  charts: { job: 'draws: the machines as documents', packages: ['elkjs'] },
  broker: { job: 'remembers: apps, sessions, peers', packages: ['xstate', 'rxjs'] },
  machines: { job: 'decides: the statecharts', packages: ['xstate', 'rxjs'] },
  transport: { job: 'carries: packets, sealed', packages: ['@abandonware/noble', '@abandonware/bleno', 'rxjs'] },
  protocol: { job: 'agrees: codes, limits, frames', packages: ['cborg', 'typebox'] },
};

interface Talk {
  readonly name: string;
  readonly how: string;
  readonly room: string;
}

/** Who talks to Tandem while it runs, how, and at which room. */
const OUTSIDERS: readonly Talk[] = [
  { name: 'You, in a browser', how: 'HTTP', room: 'page' },
  { name: 'Your app, in Node or a browser', how: 'calls', room: 'client' },
  { name: 'Your app, in any language', how: 'WebSocket, HTTP', room: 'gateway' },
  { name: 'Home Assistant, openHAB', how: 'MQTT', room: 'hub' },
  { name: 'Your app, in this process', how: 'calls', room: 'broker' },
  { name: 'Other devices', how: 'Bluetooth LE', room: 'transport' },
];

const TALKS: readonly Talk[] = [...OUTSIDERS, { name: 'client', how: 'WebSocket', room: 'gateway' }];
const LEGEND = 'solid: may import, and what is behind it, too · dashed: talks to, while it runs';

export interface Arrow {
  readonly from: string;
  readonly to: string;
}

/** What the layers check lets every room import, room by room. */
export function allowedArrows(): Arrow[] {
  return Object.entries(rooms).flatMap(([from, others]) =>
    [...new Set(others.map((other) => other.split('/')[0] ?? other))].map((to) => ({ from, to })),
  );
}

/** Without those that lead where others lead together: an arrow also stands for what is behind its end. */
export function drawnArrows(): Arrow[] {
  const all = allowedArrows();
  const leads = (from: string, to: string): boolean =>
    all.some((arrow) => arrow.from === from && (arrow.to === to || leads(arrow.to, to)));
  return all.filter(
    ({ from, to }) => !all.some((arrow) => arrow.from === from && arrow.to !== to && leads(arrow.to, to)),
  );
}

const OPTIONS = {
  'elk.algorithm': 'layered',
  'elk.direction': 'DOWN',
  'elk.edgeRouting': 'ORTHOGONAL',
  'elk.padding': '[top=16,left=16,bottom=16,right=16]',
  'elk.spacing.nodeNode': '28',
  'elk.spacing.edgeNode': '18',
  'elk.spacing.edgeEdge': '14',
  'elk.layered.spacing.nodeNodeBetweenLayers': '34',
  'elk.layered.spacing.edgeNodeBetweenLayers': '16',
  'elk.layered.nodePlacement.strategy': 'NETWORK_SIMPLEX',
};

export async function drawArchitecture(): Promise<string> {
  const arrows = drawnArrows();
  const graph = await layOutGraph({
    id: 'tandem',
    layoutOptions: OPTIONS,
    children: [...Object.keys(rooms), ...OUTSIDERS.map(({ name }) => name)].map(boxOf),
    edges: [
      ...arrows.map(({ from, to }) => ({ id: `${from} to ${to}`, sources: [from], targets: [to] })),
      ...TALKS.map(({ name, how, room }) => ({
        id: `${name} at ${room}`,
        // Devices are below: packets go down to them.
        sources: [room === 'transport' ? room : name],
        targets: [room === 'transport' ? name : room],
        labels: [{ text: how, width: textWidth(how), height: LINE_HEIGHT }],
      })),
    ],
  });
  return format(graph, arrows);
}

function textsOf(name: string): string[] {
  const { job, packages = [] } = JOBS[name] ?? { job: '' };
  return [job, packages.join(', ')].filter((text) => text !== '');
}

function boxOf(name: string): ElkNode {
  const texts = textsOf(name);
  const widths = [textWidth(name, TITLE_FONT_SIZE), ...texts.map((text) => textWidth(text))];
  return {
    id: name,
    width: Math.max(...widths) + 2 * PADDING,
    height: TITLE_HEIGHT + (texts.length > 0 ? texts.length * LINE_HEIGHT + PADDING / 2 : 0),
    ...(isAbove(name) && { layoutOptions: { 'elk.layered.layering.layerConstraint': 'FIRST' } }),
  };
}

/** Who comes to Tandem is above; what it reaches is below. */
function isAbove(name: string): boolean {
  return OUTSIDERS.some((outsider) => outsider.name === name && outsider.room !== 'transport');
}

const OWN_STYLE = `
.state.outside rect, .line.talks path { stroke-dasharray: 5 4 }
.note { text-anchor: middle }
`;

function format({ width = 0, height = 0, children = [], edges = [] }: ElkNode, arrows: readonly Arrow[]): string {
  const words = 'The rooms of Tandem';
  const outer = height + 2 * LINE_HEIGHT;
  const ways = arrows.map(({ from, to }) => `${from} imports ${to}`);
  const talks = TALKS.map(({ name, how, room }) => `${name}: ${how} at ${room}`);
  const content = [
    element('title', { id: 'title' }, words),
    element('desc', { id: 'desc' }, escapeXml(`${[...talks, ...ways].join('. ')}.`)),
    element('style', {}, `${STYLE}${OWN_STYLE}`),
    element('defs', {}, marker()),
    element('rect', { class: 'paper', width, height: outer }),
    ...children.map(formatBox),
    ...edges.map(({ id, sections = [], labels = [] }) => {
      const d = sections
        .flatMap(({ startPoint, bendPoints = [], endPoint }) => [startPoint, ...bendPoints, endPoint])
        .map(({ x, y }, index) => `${index === 0 ? 'M' : 'L'}${x} ${y}`)
        .join('');
      const kind = id.includes(' at ') ? 'line talks' : 'line';
      const texts = labels.map(({ x = 0, y = 0, width: w = 0, text = '' }) =>
        element('text', { class: 'note', x: x + w / 2, y: y + FONT_SIZE }, escapeXml(text)),
      );
      return element(
        'g',
        { class: kind, 'data-arrow': id },
        element('path', { d, 'marker-end': 'url(#arrow)' }) + texts.join(''),
      );
    }),
    element('text', { class: 'note', x: width / 2, y: height + FONT_SIZE }, escapeXml(LEGEND)),
  ];
  const root = { xmlns: 'http://www.w3.org/2000/svg', viewBox: `0 0 ${width} ${outer}`, width, height: outer };
  return `${element('svg', { ...root, role: 'img', 'aria-labelledby': 'title desc' }, `\n${content.join('\n')}\n`)}\n`;
}

function marker(): string {
  const shape = { id: 'arrow', viewBox: '0 0 8 8', refX: 7, refY: 4, markerWidth: 8, markerHeight: 8 };
  return element(
    'marker',
    { ...shape, markerUnits: 'userSpaceOnUse', orient: 'auto' },
    element('path', { class: 'arrow', d: 'M0 0L8 4L0 8z' }),
  );
}

function formatBox({ id, x = 0, y = 0, width = 0, height = 0 }: ElkNode): string {
  const middle = x + width / 2;
  const isRoom = id in rooms;
  return element(
    'g',
    { class: isRoom ? 'state' : 'state outside', 'data-box': id },
    [
      element('rect', { x, y, width, height, rx: 8 }),
      element(
        'text',
        isRoom ? { class: 'title', x: middle, y: y + 20 } : { class: 'note', x: middle, y: y + 20 },
        escapeXml(id),
      ),
      ...textsOf(id).map((text, row) =>
        element('text', { class: 'note', x: middle, y: y + TITLE_HEIGHT + row * LINE_HEIGHT + 10 }, escapeXml(text)),
      ),
    ].join(''),
  );
}
