/** What must hold of one step of a session and of every state of two sessions. */
import { isUnderWay } from '../../src/machines/handshake.js';
import type { SessionContext } from '../../src/machines/session.js';
import type { Move } from './explore.js';
import type { Position, Step } from './pure-chart.js';
import { type Half, otherSide, type SessionChartEvent, type SideNumber, stateOf, type World } from './two-brokers.js';

const COMMANDS_THAT_END: readonly string[] = ['disconnect', 'destroy', 'app.exit'];
const LONGEST_QUEUE = 8;

/**
 * Laws of one step. The pending promise is the state itself: `connecting` has one of connect, `accepting` one of acceptConnect. So a promise
 * settles exactly once when each way out of its state settles it once and nothing else does; events likewise.
 */
export function checkStep(from: Position<SessionContext>, event: SessionChartEvent, step: Step<SessionContext>): void {
  const { to, effects } = step;
  const isCommandToEnd = COMMANDS_THAT_END.includes(event.type);
  const isEnd = hasPeer(from) && !hasPeer(to);
  const isChange = from.value !== to.value;
  const due: Readonly<Record<string, boolean>> = {
    settleConnect: from.value === 'connecting' && isChange,
    settleAccept: from.value === 'accepting' && isChange,
    raiseConnect: from.value === 'accepting' && to.value === 'connected',
    raiseDisconnect: isEnd && !isCommandToEnd,
    sendClose: isUnderWay(stateOf(from)) && (isCommandToEnd || isTimeout(from, event, 'connectTimeout')),
    openDelivery: !hasPeer(from) && hasPeer(to),
    holdDelivery: from.value === 'connected' && to.value === 'suspended',
    resumeDelivery: event.type === 'peer.resume' && to.value === 'connected' && isChange,
    closeDelivery: isEnd,
    closeStale: isUnexpectedAnswer(from, event),
  };
  for (const [action, isDue] of Object.entries(due)) {
    const count = effects.filter(({ type }) => type === action).length;
    if (count === (isDue ? 1 : 0)) continue;
    throw new Error(`${from.value} on ${event.type} → ${to.value}: ${action} happens ${count} times`);
  }
  checkTarget(from, event, to);
}

/** An accept or resume is answered with close unless this attempt waits for it or has it behind itself. */
function isUnexpectedAnswer(half: Half, event: SessionChartEvent): boolean {
  if (event.type !== 'peer.accept' && event.type !== 'peer.resume') return false;
  const { value, context } = half;
  const isKnown = event.token === context.token && isUnderWay(stateOf(half));
  const isFromAcceptor = event.type === 'peer.accept';
  const isWrongRole = (value === 'connecting' && !isFromAcceptor) || (value === 'accepting' && isFromAcceptor);
  return value !== 'destroyed' && (!isKnown || isWrongRole);
}

function hasPeer({ value }: Half): boolean {
  return value === 'connected' || value === 'suspended';
}

/** XState's own event for a delay of this state. */
function isTimeout({ value }: Half, { type }: { readonly type: string }, delay: string): boolean {
  return type === `xstate.after.${delay}.session.${value}`;
}

/** What must lead somewhere leads there, and nothing that is said of another attempt leads anywhere. */
function checkTarget(from: Half, event: SessionChartEvent, to: Half): void {
  const expected = targetOf(from, event);
  const isToken = event.type === 'connect' || event.type === 'acceptConnect';
  const token = isToken && !isUnderWay(stateOf(from)) && from.value !== 'destroyed' ? event.token : from.context.token;
  if ((expected ?? to.value) === to.value && to.context.token === token) return;
  throw new Error(`${from.value} on ${event.type} → ${to.value} ${to.context.token}: expected ${expected} ${token}`);
}

function targetOf(from: Half, event: SessionChartEvent): string | undefined {
  const isBusy = isUnderWay(stateOf(from));
  if (from.value === 'destroyed') return 'destroyed';
  if (event.type === 'destroy' || event.type === 'app.exit') return 'destroyed';
  if (event.type === 'disconnect') return isBusy ? 'disconnected' : from.value;
  if (event.type === 'connect') return isBusy ? from.value : 'connecting';
  if (event.type === 'acceptConnect') return isBusy ? from.value : 'accepting';
  if ('token' in event && event.token !== from.context.token) return from.value;
  const isWithoutLink = event.type === 'link.refused' && from.value !== 'connected';
  const isTooLate = isTimeout(from, event, 'connectTimeout') || isTimeout(from, event, 'resumeWindow');
  if (isBusy && (isWithoutLink || isTooLate)) return hasPeer(from) ? 'disconnected' : 'failed';
  return undefined;
}

/** Laws of a state; most speak of a drained one: both sides on the link and nothing on its way. */
export function checkWorld(world: World, _moves: readonly Move<World>[]): void {
  for (const at of [0, 1] as const) {
    if (world.queues[at].length > LONGEST_QUEUE) throw new Error('a queue grows beyond its bound');
    const { view, halves } = world.sides[at];
    if (view === 'down' && halves.some(({ value }) => value === 'connected'))
      throw new Error('connected without a link');
  }
  const isDrained = world.sides.every(({ view }) => view === 'up') && world.queues.every((queue) => queue.length === 0);
  if (!isDrained) return;
  for (const at of [0, 1] as const) {
    for (const half of world.sides[at].halves) checkDrained(world, at, half);
  }
}

function checkDrained(world: World, at: SideNumber, half: Half): void {
  const there = world.sides[otherSide(at)];
  const { token } = half.context;
  switch (stateOf(half)) {
    case 'connected':
      if (!there.halves.some((other) => other.value === 'connected' && other.context.token === token)) {
        throw new Error(`${token} is connected on one side only`);
      }
      if (world.sides[at].halves.some((other) => other !== half && other.value === 'connected'))
        throw new Error('two sessions with one key');
      return;
    case 'connecting':
      if (!there.offers.some((offer) => offer.token === token && offer.fate === 'pending')) {
        throw new Error(`${token} is connecting, and nobody over there is asked`);
      }
      return;
    case 'accepting':
    case 'suspended':
      throw new Error(`${token} is ${half.value}, and nothing will come`);
    default:
      return;
  }
}
