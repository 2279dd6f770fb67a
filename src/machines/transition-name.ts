/** What a transition is called in traces and charts, so that what was traced can be found in the picture. */
import type { StateNode } from 'xstate';

export type Transition = StateNode['on'][string][number];

/** `<source>|<event type>|<index among the source's transitions for that event>`. */
export function edgeOf(transition: Transition): string {
  const { source, eventType } = transition;
  return `${source.key}|${eventType}|${source.transitions.get(eventType)?.indexOf(transition) ?? 0}`;
}

/** XState's own events in the words of docs/session-chart.md; all others as they are. */
export function eventWords(eventType: string, { after, invoke }: StateNode): string {
  const timer = after.find((each) => each.eventType === eventType);
  if (timer !== undefined) return `after ${timer.delay}`;
  const actor = invoke.find(({ id }) => eventType.endsWith(`.actor.${id}`));
  if (actor === undefined) return eventType;
  return `${String(actor.src)} ${eventType.startsWith('xstate.done') ? 'done' : 'failed'}`;
}
