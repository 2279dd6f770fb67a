/** What XState alone costs: an event with a guard and an assign; an actor brought to `connected` with two invokes; its heap. */
import { assign, createActor, fromCallback, setup } from 'xstate';
import { unreachable } from '../../src/protocol/unreachable.js';
import { answerParent } from '../harness/child.js';
import { type Figures, measure } from '../harness/contender.js';
import { heapBytes } from './heap-bytes.js';

export interface XStateParams {
  readonly task: 'event' | 'connect' | 'heap';
  readonly count: number;
}

type Event =
  | { readonly type: 'connect' }
  | { readonly type: 'accepted' }
  | { readonly type: 'text'; readonly text: string };

const setupBare = setup({
  types: {
    context: {} as { readonly received: number },
    events: {} as Event,
  },
  actors: {
    dial: fromCallback<Event>(({ sendBack }) => sendBack({ type: 'accepted' })),
    hold: fromCallback<Event>(() => {}),
  },
  guards: { isShort: ({ event }) => event.type === 'text' && event.text.length <= 1_024 },
  actions: { count: assign({ received: ({ context }) => context.received + 1 }) },
});

/** No children while connected: the actor of the heap row. */
const plain = setupBare.createMachine({
  context: { received: 0 },
  initial: 'created',
  states: {
    created: { on: { connect: 'connected' } },
    connected: { on: { text: { guard: 'isShort', actions: 'count' } } },
  },
});

/** One invoke dials, the other holds the connection. */
const invoking = setupBare.createMachine({
  context: { received: 0 },
  initial: 'created',
  states: {
    created: { on: { connect: 'connecting' } },
    connecting: {
      invoke: { src: 'dial', onError: 'created' },
      after: { 10000: 'created' },
      on: { accepted: 'connected' },
    },
    connected: { invoke: { src: 'hold', onError: 'created' } },
  },
});

answerParent<XStateParams>(async ({ task, count }) => ({ round: () => runRound(task, count) }));

function runRound(task: XStateParams['task'], count: number): Promise<Figures> {
  switch (task) {
    case 'event':
      return measure(count, async () => sendEvents(count));
    case 'connect':
      return measureConnecting(count);
    case 'heap':
      return measureHeap(count);
    default:
      return unreachable(task);
  }
}

function sendEvents(count: number): void {
  const actor = createActor(plain).start();
  actor.send({ type: 'connect' });
  const text = 'x'.repeat(200);
  for (let sent = 0; sent < count; sent += 1) actor.send({ type: 'text', text });
  if (actor.getSnapshot().context.received !== count) throw new Error('not every event was counted');
  actor.stop();
}

async function measureConnecting(count: number): Promise<Figures> {
  const actors: { stop(): unknown }[] = [];
  const figures = await measure(count, async () => {
    while (actors.length < count) {
      const actor = createActor(invoking).start();
      actor.send({ type: 'connect' });
      if (actor.getSnapshot().value !== 'connected') throw new Error('not connected');
      actors.push(actor);
    }
  });
  for (const actor of actors) actor.stop();
  return figures;
}

async function measureHeap(count: number): Promise<Figures> {
  const before = await heapBytes();
  const actors = Array.from({ length: count }, () => {
    const actor = createActor(plain).start();
    actor.send({ type: 'connect' });
    return actor;
  });
  const bytes = (await heapBytes()) - before;
  return { bytesEach: bytes / actors.length };
}
