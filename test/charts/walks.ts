/** Ways through each machine, so that every transition is taken; other readers of the same chart walk them beside it. */
import { type AnyEventObject, type AnyStateMachine, createMachine, initialTransition, transition } from 'xstate';
import { AttemptError } from '../../src/machines/attempt-error.js';
import { peerMachine } from '../../src/machines/peer.js';
import { radioMachine } from '../../src/machines/radio.js';
import { sessionMachine } from '../../src/machines/session.js';
import { edgeOf } from '../../src/machines/transition-name.js';
import { ConnectErrorCode, DisconnectReason, type MachineName, RADIO_STATES } from '../../src/protocol/codes.js';

/** What a machine did with an event. */
export interface Step {
  readonly value: string;
  readonly context: object;
  /** The transition taken; undefined where there was none. */
  readonly edge: string | undefined;
  /** All it did, in order: `action <name>` and `invoke <name>`. */
  readonly done: readonly string[];
  /** Timers started and stopped, by the name of their delay, with the milliseconds of those that are started. */
  readonly started: readonly (readonly [delay: string, delayMs: number])[];
  readonly stopped: readonly string[];
}

/** Events from the beginning on, and what became of the last. */
export interface Walk {
  readonly events: readonly AnyEventObject[];
  /** Where the last event is met. */
  readonly from: { readonly value: string; readonly context: object };
  readonly step: Step;
}

export interface Subject {
  readonly title: string;
  readonly name: MachineName;
  readonly machine: AnyStateMachine;
  readonly input: object;
  readonly events: readonly AnyEventObject[];
}

const TOKENS = ['one', 'other'];
const session = ['connect', 'peer.confirm'].flatMap((type) => TOKENS.map((token) => ({ type, token })));
const remote = ['acceptConnect', 'peer.accept', 'peer.resume'].flatMap((type) =>
  TOKENS.map((token) => ({ type, token, remoteSessionId: 7, received: 0, creditLimit: 0 })),
);
const refusals = [ConnectErrorCode.PEER_APP_REJECTED, ConnectErrorCode.SYSTEM_INTERNAL_ERROR].flatMap((errorCode) =>
  TOKENS.map((token) => ({ type: 'peer.reject', token, errorCode, reason: 'why' })),
);
const closes = TOKENS.map((token) => ({
  type: 'peer.close',
  token,
  reason: DisconnectReason.PEER_APP_CLOSE_COLLABORATION,
}));
const links = [1, 2];

export const SUBJECTS: readonly Subject[] = [
  {
    title: 'session',
    name: 'session',
    machine: sessionMachine,
    input: { sessionId: 100 },
    events: [
      ...session,
      ...remote,
      ...refusals,
      ...closes,
      { type: 'link.refused', errorCode: ConnectErrorCode.SYSTEM_INTERNAL_ERROR, reason: 'why' },
      ...['disconnect', 'destroy', 'app.exit', 'link.up', 'link.lost'].map((type) => ({ type })),
    ],
  },
  ...[true, false].map(
    (isOwnDialPreferred): Subject => ({
      title: `peer, its own dial ${isOwnDialPreferred ? '' : 'not '}preferred`,
      name: 'peer',
      machine: peerMachine,
      input: { deviceId: 'phone', isOwnDialPreferred },
      events: [
        ...links.map((link) => ({ type: 'link.offered', link })),
        ...[...links, 3].map((link) => ({ type: 'link.lost', link, trouble: 'why' })),
        ...['link.wanted', 'link.unwanted', 'device.sighted', 'radio.on', 'radio.off'].map((type) => ({ type })),
        { type: 'xstate.done.actor.0.peer.dialling', output: 3 },
        { type: 'xstate.error.actor.0.peer.dialling', error: new Error('why') },
        { type: 'xstate.error.actor.0.peer.dialling', error: new AttemptError('why', { isFinal: true }) },
      ],
    }),
  ),
  {
    title: 'radio',
    name: 'radio',
    machine: radioMachine,
    input: {},
    events: [
      ...RADIO_STATES.map((state) => ({ type: 'radio.changed', state })),
      { type: 'xstate.error.actor.0.radio', error: new Error('why') },
    ],
  },
];

/** One walk for each event in each state of the machine; its timers are events like any other. */
export function walksOf({ machine, input, events }: Subject): readonly Walk[] {
  const all = [...events, ...timersOf(machine)];
  const named = withNamedActions(machine);
  const [start] = initialTransition(machine, input);
  const [, actions] = initialTransition(named, input);
  const begin: Walk = { events: [], from: placeOf(start), step: stepOf(placeOf(start), undefined, actions) };
  const walks = [begin];
  const known = new Set([keyOf(begin.from)]);
  const ahead = [{ path: begin.events, from: begin.from }];
  for (const { path, from } of ahead) {
    const snapshot = machine.resolveState(from);
    for (const event of snapshot.status === 'done' ? [] : all) {
      const [taken] = machine.getTransitionData(snapshot, event);
      const to = placeOf(transition(machine, snapshot, event)[0]);
      const [, done] = transition(named, named.resolveState(from), event);
      walks.push({ events: [...path, event], from, step: stepOf(to, taken && edgeOf(taken), done) });
      if (known.has(keyOf(to))) continue;
      known.add(keyOf(to));
      ahead.push({ path: [...path, event], from: to });
    }
  }
  return walks;
}

/** XState does assignments itself, and tells only of actions that it leaves to others: here, of all. */
function withNamedActions({ config, implementations }: AnyStateMachine): AnyStateMachine {
  return createMachine(config, { ...implementations, actions: {} });
}

type Snapshot = ReturnType<typeof initialTransition<AnyStateMachine>>[0];
type Action = ReturnType<typeof initialTransition<AnyStateMachine>>[1][number];

function placeOf({ value, context }: Snapshot): Walk['from'] {
  return { value: String(value), context };
}

/** Dials are counted for ever; after two of them nothing new happens. */
const MOST_ATTEMPTS = 2;

function keyOf({ value, context }: Walk['from']): string {
  const { attempts, reason: _reason, trouble: _trouble, ...rest } = context as Readonly<Record<string, unknown>>; // plain data
  return JSON.stringify([value, rest, Math.min(Number(attempts ?? 0), MOST_ATTEMPTS)]);
}

function stepOf(place: Walk['from'], edge: string | undefined, actions: readonly Action[]): Step {
  return {
    ...place,
    edge,
    done: doneBy(actions),
    started: actions.flatMap(({ type, params }) =>
      type === 'xstate.raise' ? [[delayOf(Object(params).id), Number(Object(params).delay)] as const] : [],
    ),
    // XState's types leave it out.
    stopped: actions.flatMap(({ type, params }: { readonly type: string; readonly params?: unknown }) =>
      type === 'xstate.cancel' ? [delayOf(Object(params).sendId)] : [],
    ),
  };
}

/** `action <name>` and `invoke <name>`, without what XState does for itself. */
export function doneBy(actions: readonly Action[]): string[] {
  return actions.flatMap(({ type, params }) => {
    if (type === 'xstate.spawnChild') return [`invoke ${Object(params).src}`];
    return type.startsWith('xstate.') ? [] : [`action ${type}`];
  });
}

function timersOf({ root }: AnyStateMachine): AnyEventObject[] {
  return Object.values(root.states).flatMap(({ after }) => after.map(({ eventType }) => ({ type: eventType })));
}

/** `xstate.after.<delay>.<state>` is what XState calls a timer. */
function delayOf(id: unknown): string {
  return String(id).split('.')[2] ?? '';
}
