/** A chart as SCXML, which other engines run. Source: W3C State Chart XML (SCXML), Recommendation of 1 September 2015. */
import type { ChartModel, ChartState, ChartTransition } from '../protocol/chart.js';
import { SCXML_DATA } from './scxml-data.js';
import { element } from './xml.js';

const NAMESPACE = 'http://www.w3.org/2005/07/scxml';

/**
 * Actions, and what is invoked, are named by `log`: whoever runs the document does them. Actions that change what conditions ask for do so
 * by `assign`, too. `active` starts the document there.
 */
export function formatScxml(model: ChartModel, active: string | undefined): string {
  const { machine, initial, states } = model;
  const root = { xmlns: NAMESPACE, version: '1.0', datamodel: 'ecmascript', name: machine, initial: active ?? initial };
  const content = [
    block(
      'datamodel',
      {},
      Object.entries(SCXML_DATA[machine].data).map(([id, expr]) => element('data', { id, expr })),
    ),
    ...states.filter(({ parent }) => parent === undefined).map((state) => formatState(state, model)),
  ];
  return `<?xml version="1.0" encoding="UTF-8"?>\n${block('scxml', root, content)}\n`;
}

function formatState(state: ChartState, model: ChartModel): string {
  const { id, kind, entry, exit, invokes } = state;
  const own = model.transitions.filter(({ source }) => source === id);
  const inner = model.states.filter(({ parent }) => parent === id);
  const timers = own.filter(({ delay }) => delay !== undefined);
  const start = inner.find(({ isInitial }) => isInitial)?.id;
  return block(kind === 'final' ? 'final' : 'state', { id, initial: start }, [
    block('onentry', {}, [
      ...formatActions(entry, model),
      ...timers.map((timer) => formatSend(timer, model)),
      ...invokes.map((name) => formatLog('invoke', name)),
    ]),
    block('onexit', {}, [
      ...formatActions(exit, model),
      ...timers.map((timer) => element('cancel', { sendid: timerOf(timer) })),
    ]),
    ...own.map((transition) => formatTransition(transition, kind, model)),
    ...inner.map((child) => formatState(child, model)),
  ]);
}

function formatTransition(transition: ChartTransition, kind: ChartState['kind'], model: ChartModel): string {
  const { target, guard, actions, isInternal } = transition;
  const attributes = {
    event: eventOf(transition),
    cond: guard === undefined ? undefined : conditionOf(guard, model),
    target: isInternal ? undefined : target,
    // Section 3.13: only a compound state has transitions that do not leave it.
    type: kind === 'compound' ? 'internal' : undefined,
  };
  return block('transition', attributes, formatActions(actions, model));
}

/** XState's `after` is a delayed event: sent on the way in, cancelled on the way out. */
function formatSend(timer: ChartTransition, { machine }: ChartModel): string {
  const { delay = '', delayMs } = timer;
  const time =
    delayMs === undefined
      ? { delayexpr: found(SCXML_DATA[machine].delays[delay], `the delay ${delay}`) }
      : { delay: `${delayMs}ms` };
  return element('send', { event: timerOf(timer), id: timerOf(timer), ...time });
}

function formatActions(names: readonly string[], { machine }: ChartModel): readonly string[] {
  return names.flatMap((name) => [
    formatLog('action', name),
    ...Object.entries(SCXML_DATA[machine].changes[name] ?? {}).map(([location, expr]) =>
      element('assign', { location, expr }),
    ),
  ]);
}

function formatLog(label: 'action' | 'invoke', name: string): string {
  return element('log', { label, expr: `'${name}'` });
}

/** Timers are named by their state, the ends of what was invoked as events from outside, and all other events as they are. */
function eventOf(transition: ChartTransition): string {
  const { event, delay } = transition;
  if (delay !== undefined) return timerOf(transition);
  const [, name, end] = /^(\w+) (done|failed)$/.exec(transition.label.split(' [')[0] ?? '') ?? [];
  return name === undefined || !event.startsWith('xstate.') ? event : `${name}.${end}`;
}

function timerOf({ source, delay }: ChartTransition): string {
  return `after.${delay}.${source}`;
}

/** A guard is a name, names joined by `and`, or a name and what it compares with. */
function conditionOf(guard: string, { machine }: ChartModel): string {
  const conditions = guard.split(' and ').map((named) => {
    const [name = '', value = ''] = named.split(' ');
    return found(SCXML_DATA[machine].conditions[name], `the guard ${name}`)(value);
  });
  return conditions.join(' && ');
}

/** Throws for what a machine has got since: a document without it would be wrong. */
function found<T>(words: T | undefined, what: string): T {
  if (words === undefined) throw new Error(`${what} is missing in scxml-data.ts`);
  return words;
}

/** An element with its children on lines of their own; nothing when it has neither children nor attributes. */
function block(
  name: string,
  attributes: Readonly<Record<string, string | undefined>>,
  children: readonly string[],
): string {
  const inner = children.filter((child) => child !== '');
  if (inner.length === 0 && Object.keys(attributes).length === 0) return '';
  const lines = inner.flatMap((child) => child.split('\n')).map((line) => `  ${line}`);
  return element(name, attributes, lines.length === 0 ? '' : `\n${lines.join('\n')}\n`);
}
