import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { describe, expect, it } from 'vitest';
import { modelOf } from '../../src/charts/charts.js';
import { MACHINE_NAMES } from '../../src/protocol/codes.js';
import { textOf } from './text-of.js';

/** An element as the parser gives it: attributes begin with @, children are lists. */
interface Element {
  readonly [name: string]: readonly Element[] | string;
}

const LISTS = new Set([
  'state',
  'final',
  'transition',
  'onentry',
  'onexit',
  'send',
  'cancel',
  'log',
  'data',
  'invoke',
  'datamodel',
  'scxml',
]);
const parser = new XMLParser({ ignoreAttributes: false, attributeNamePrefix: '@', isArray: (name) => LISTS.has(name) });

describe.each(MACHINE_NAMES)('the SCXML of the %s', (machine) => {
  it('is read back as the same states and transitions', async () => {
    const text = await textOf(machine, 'scxml');
    expect(XMLValidator.validate(text)).toBe(true);
    const [root] = childrenOf(parser.parse(text) as Element, 'scxml'); // an object, whatever the document
    const states = statesIn(root);
    const { states: known, transitions, initial } = modelOf(machine);
    expect(states.map((state) => state['@id'])).toEqual(known.map(({ id }) => id));
    expect(root?.['@initial']).toBe(initial);
    expect(states.flatMap(transitionsIn)).toEqual(
      transitions.map(({ source, target, isInternal, guard, actions, event, delay }) => ({
        source,
        target: isInternal ? undefined : target,
        guard,
        actions,
        event: delay === undefined ? importedEvent(event) : `after ${delay}`,
      })),
    );
  });

  it('starts and cancels every timer with its state', async () => {
    const root = parser.parse(await textOf(machine, 'scxml')) as Element; // as above
    const timers = statesIn(childrenOf(root, 'scxml')[0]).flatMap((state) => {
      const cancelled = childrenOf(state, 'onexit').flatMap((exit) => childrenOf(exit, 'cancel'));
      const sends = childrenOf(state, 'onentry').flatMap((entry) => childrenOf(entry, 'send'));
      expect(cancelled.map((cancel) => cancel['@sendid'])).toEqual(sends.map((send) => send['@id']));
      return sends.map((send) => [send['@event'], send['@delay'] ?? send['@delayexpr']]);
    });
    const known = modelOf(machine).transitions.filter(({ delay }) => delay !== undefined);
    expect(timers).toEqual(
      known.map(({ source, delay, delayMs }) => [
        `after.${delay}.${source}`,
        delayMs === undefined ? delay : `${delayMs}ms`,
      ]),
    );
  });
});

function childrenOf(element: Element | undefined, name: string): readonly Element[] {
  const children = element?.[name] ?? [];
  return typeof children === 'string' ? [] : children.map((child) => (typeof child === 'string' ? {} : child));
}

function statesIn(element: Element | undefined): Element[] {
  const states = [...childrenOf(element, 'state'), ...childrenOf(element, 'final')];
  return states.flatMap((state) => [state, ...statesIn(state)]);
}

function transitionsIn(state: Element): object[] {
  return childrenOf(state, 'transition').map((transition) => ({
    source: state['@id'],
    target: transition['@target'],
    guard: importedGuard(transition['@cond']),
    actions: childrenOf(transition, 'log').map((log) => String(log['@expr']).slice(1, -1)),
    event: importedName(String(transition['@event'])),
  }));
}

/** What docs/charts.md says about conditions, read the other way. */
function importedGuard(condition: unknown): string | undefined {
  if (condition === undefined) return undefined;
  return String(condition)
    .replaceAll(' && ', ' and ')
    .replace(/\('(\w+)'\)/, ' $1');
}

function importedName(event: string): string {
  return event.replace(/^after\.(\w+)\.\w+$/, 'after $1');
}

function importedEvent(event: string): string {
  const [, end] = /^xstate\.(done|error)\.actor\./.exec(event) ?? [];
  if (end === undefined) return event;
  const invoked = event.includes('peer.dialling') ? 'open' : 'watchRadio';
  return end === 'done' ? `done.invoke.${invoked}` : `error.communication.${invoked}`;
}
