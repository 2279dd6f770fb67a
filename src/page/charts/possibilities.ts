/** Which transitions of a chart can be taken now, by whose doing, and why the others cannot. */
import type { Chart, ChartEdge } from '../../protocol/chart.js';
import { toWords } from '../parts/format.js';

/** Whose doing it is. */
export type Cause = 'app' | 'peer' | 'link' | 'radio' | 'time' | 'inside';

export interface Possibility {
  readonly edge: ChartEdge;
  readonly cause: Cause;
  readonly isPossible: boolean;
  /** One sentence without its full stop. */
  readonly why: string;
}

/** `active` is undefined while the state is not known: then nothing is possible. */
export function possibilitiesOf(chart: Chart, active: string | undefined): readonly Possibility[] {
  const around = new Set(ancestorsOf(chart, active));
  return chart.edges.map((edge) => {
    const cause = causeOf(edge);
    const isPossible = around.has(edge.source);
    return { edge, cause, isPossible, why: isPossible ? whenPossible(edge, cause) : `only from ${edge.source}` };
  });
}

/** The state and those around it: a transition of any of them can be taken. */
export function ancestorsOf({ nodes }: Chart, active: string | undefined): readonly string[] {
  const states: string[] = [];
  for (let id = active; id !== undefined; id = nodes.find((node) => node.id === id)?.parent) states.push(id);
  return states;
}

const CAUSES: readonly (readonly [prefix: string, cause: Cause])[] = [
  ['xstate.after.', 'time'],
  ['xstate.', 'inside'],
  ['peer.', 'peer'],
  ['link.', 'link'],
  ['device.', 'radio'],
  ['radio.', 'radio'],
];

function causeOf({ event, delay }: ChartEdge): Cause {
  if (delay !== undefined) return 'time';
  return CAUSES.find(([prefix]) => event.startsWith(prefix))?.[1] ?? 'app';
}

const DOERS: Record<Cause, string> = {
  app: 'when the app asks',
  peer: 'when the peer says so',
  link: 'when it happens to the link',
  radio: 'when the radio says so',
  time: 'when the time is up',
  inside: 'when the work begun here ends',
};

function whenPossible({ guard }: ChartEdge, cause: Cause): string {
  return guard === undefined ? DOERS[cause] : `${DOERS[cause]}, if ${toWords(guard)}`;
}
