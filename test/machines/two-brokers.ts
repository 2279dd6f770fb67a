/** The world of the session exploration: two brokers with their sessions and books, and the link between them. */
import type { SessionContext } from '../../src/machines/session.js';
import type { SessionEvent } from '../../src/machines/session-events.js';
import type { ConnectErrorCode, SessionState } from '../../src/protocol/codes.js';
import type { Position, PureChart } from './pure-chart.js';

/** 0 is A, 1 is B. */
export type SideNumber = 0 | 1;

type FrameType = 'open' | 'accept' | 'confirm' | 'reject' | 'close' | 'resume';

/** The reason of a close is left out: no decision depends on it. `errorCode` is that of a reject, else 0. */
export interface WireFrame {
  readonly type: FrameType;
  readonly session: number;
  /** 0 where the frame does not say it. */
  readonly from: number;
  readonly token: string;
  readonly errorCode: ConnectErrorCode;
}

/** The chart's own events, and those XState sends for its delays. */
export type SessionChartEvent = SessionEvent | { readonly type: `xstate.after.${string}.session.${string}` };
export type SessionChart = PureChart<SessionContext, SessionChartEvent>;

/** A session as the model keeps it. */
export type Half = Position<SessionContext>;

/** What a broker remembers of a token that came with an `open`. */
export interface Offer {
  readonly token: string;
  readonly from: number;
  /** 'taken': accepted or withdrawn; whether it lives, its session knows. A number: refused with this code. */
  readonly fate: 'pending' | 'taken' | ConnectErrorCode;
}

export interface Side {
  /** Whether this broker believes in a link: on the present one, on one that is dead, on none. */
  readonly view: 'up' | 'stale' | 'down';
  readonly halves: readonly Half[];
  readonly offers: readonly Offer[];
  /** Closes to be sent on the next link. */
  readonly farewells: readonly WireFrame[];
  readonly attempts: number;
  /** Whether the other broker was started anew since this one was last on a link. */
  readonly isPeerNew: boolean;
}

export interface World {
  readonly sides: readonly [Side, Side];
  /** Whether a link exists that carries. */
  readonly isAlive: boolean;
  /** Frames on their way to each side, in order. */
  readonly queues: readonly [readonly WireFrame[], readonly WireFrame[]];
  readonly cutsLeft: number;
  readonly linkRefusalsLeft: number;
  readonly restartsLeft: number;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
type MutableSide = Mutable<Side>;

/** A world in the making: what happens within one move happens to it. */
export interface Draft extends Mutable<Omit<World, 'sides' | 'queues'>> {
  readonly sides: readonly [MutableSide, MutableSide];
  readonly queues: [readonly WireFrame[], readonly WireFrame[]];
  readonly chart: SessionChart;
}

export const sessionIdOf = (side: SideNumber, slot: number): number => side * 100 + 100 + slot;
export const otherSide = (side: SideNumber): SideNumber => (side === 0 ? 1 : 0);
export const stateOf = (half: Half): SessionState => half.value as SessionState; // the chart's states are SESSION_STATES, see model.test.ts

export function draftOf(world: World, chart: SessionChart): Draft {
  const [a, b] = world.sides;
  return { ...world, chart, sides: [{ ...a }, { ...b }], queues: [world.queues[0], world.queues[1]] };
}

export function worldOf({ chart: _, ...world }: Draft): World {
  return world;
}

/** Gives an event to a session and does what its actions ask for. */
export function dispatch(draft: Draft, at: SideNumber, slot: number, event: SessionChartEvent): void {
  const side = draft.sides[at];
  const before = side.halves[slot];
  if (before === undefined) throw new Error(`no session ${slot}`);
  const { to, effects } = draft.chart.step(before, event);
  side.halves = side.halves.with(slot, to);
  const from = sessionIdOf(at, slot);
  const { token, remoteSessionId: session } = to.context;
  const frame = { session, from, token, errorCode: 0 } as const;
  for (const { type } of effects) {
    if (type === 'sendOpen') send(draft, at, { ...frame, type: 'open', session: 0 });
    if (type === 'sendAccept') send(draft, at, { ...frame, type: 'accept' });
    if (type === 'sendConfirm') send(draft, at, { ...frame, type: 'confirm', from: 0 });
    if (type === 'sendResume') send(draft, at, { ...frame, type: 'resume' });
    if (type === 'sendClose') sendClose(draft, at, before, { ...frame, type: 'close', from: 0 });
    if (type !== 'closeStale' || !('remoteSessionId' in event)) continue;
    send(draft, at, strayClose(event.remoteSessionId, event.token));
  }
}

/** Without a link a frame is dropped; one written to a link that is dead is lost. */
export function send(draft: Draft, at: SideNumber, frame: WireFrame): void {
  if (draft.sides[at].view !== 'up') return;
  const to = otherSide(at);
  draft.queues[to] = [...draft.queues[to], frame];
}

/** A close that finds no link is kept for the next one when the session had been connected. */
function sendClose(draft: Draft, at: SideNumber, before: Half, frame: WireFrame): void {
  const side = draft.sides[at];
  const wasConnected = before.value === 'connected' || before.value === 'suspended';
  if (side.view === 'down' && wasConnected) side.farewells = [...side.farewells, frame];
  else send(draft, at, frame);
}

/** Answers what nobody here waits for. */
export function strayClose(session: number, token: string): WireFrame {
  return { type: 'close', session, from: 0, token, errorCode: 0 };
}
