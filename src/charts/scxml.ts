/** A chart as SCXML, for tools that read state machines. Source: W3C State Chart XML (SCXML), Recommendation of 1 September 2015. */
import type { ChartModel, ChartState, ChartTransition } from '../protocol/chart.js';
import { element } from './xml.js';

const NAMESPACE = 'http://www.w3.org/2005/07/scxml';

/**
 * Guards, and delays that are not always the same, are data items: whoever runs the document fills them in. Actions are named by `log`.
 * `active` starts the document there.
 */
export function formatScxml(model: ChartModel, active: string | undefined): string {
  const { machine, initial, states } = model;
  const root = { xmlns: NAMESPACE, version: '1.0', datamodel: 'ecmascript', name: machine, initial: active ?? initial };
  const content = [
    block(
      'datamodel',
      {},
      dataOf(model).map((id) => element('data', { id })),
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
    block('onentry', {}, [...entry.map(formatAction), ...timers.map(formatSend)]),
    block('onexit', {}, [
      ...exit.map(formatAction),
      ...timers.map((timer) => element('cancel', { sendid: timerOf(timer) })),
    ]),
    ...invokes.map((name) => element('invoke', { id: name, src: `#${name}` })),
    ...own.map((transition) => formatTransition(transition, kind)),
    ...inner.map((child) => formatState(child, model)),
  ]);
}

function formatTransition(transition: ChartTransition, kind: ChartState['kind']): string {
  const { target, guard, actions, isInternal } = transition;
  const attributes = {
    event: eventOf(transition),
    cond: guard === undefined ? undefined : conditionOf(guard),
    target: isInternal ? undefined : target,
    // Section 3.13: only a compound state has transitions that do not leave it.
    type: kind === 'compound' ? 'internal' : undefined,
  };
  return block('transition', attributes, actions.map(formatAction));
}

/** XState's `after` is a delayed event: sent on the way in, cancelled on the way out. */
function formatSend(timer: ChartTransition): string {
  const { delay, delayMs } = timer;
  const time = delayMs === undefined ? { delayexpr: delay } : { delay: `${delayMs}ms` };
  return element('send', { event: timerOf(timer), id: timerOf(timer), ...time });
}

function formatAction(name: string): string {
  return element('log', { label: 'action', expr: `'${name}'` });
}

/** Sections 6.4 and 3.12.2 name the ends of what was invoked; timers are named by their state, and all other events as they are. */
function eventOf(transition: ChartTransition): string {
  const { event, delay } = transition;
  if (delay !== undefined) return timerOf(transition);
  const [, end, invoked] = /^(\w+) (done|failed)$/.exec(transition.label.split(' [')[0] ?? '') ?? [];
  if (end === undefined || !event.startsWith('xstate.')) return event;
  return invoked === 'done' ? `done.invoke.${end}` : `error.communication.${end}`;
}

function timerOf({ source, delay }: ChartTransition): string {
  return `after.${delay}.${source}`;
}

/** A guard is a name, names joined by `and`, or a name and what it compares with. */
function conditionOf(guard: string): string {
  const names = guard.split(' and ');
  if (names.length > 1) return names.join(' && ');
  const [name = guard, ...values] = guard.split(' ');
  return values.length === 0 ? name : `${name}(${values.map((value) => `'${value}'`).join(', ')})`;
}

/** Names that conditions and delays use, each once. */
function dataOf({ transitions }: ChartModel): readonly string[] {
  const guards = transitions.flatMap(({ guard }) => (guard === undefined ? [] : guard.split(' and ').map(firstWord)));
  const delays = transitions.flatMap(({ delay, delayMs }) =>
    delay === undefined || delayMs !== undefined ? [] : [delay],
  );
  return [...new Set([...guards, ...delays])];
}

function firstWord(text: string): string {
  return text.split(' ')[0] ?? text;
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
