/** The model of two brokers whose apps, link and clocks do what they like, within bounds. */
import type { AnyStateMachine } from 'xstate';
import { isUnderWay } from '../../src/machines/handshake.js';
import { type SessionContext, sessionMachine } from '../../src/machines/session.js';
import { ConnectErrorCode } from '../../src/protocol/codes.js';
import { accept, deliver, refuse } from './broker-frames.js';
import { attach, cut, lose, restart, tellAll } from './broker-links.js';
import type { Model, Move } from './explore.js';
import { createPureChart } from './pure-chart.js';
import {
  type Draft,
  dispatch,
  draftOf,
  type SessionChart,
  type SessionChartEvent,
  type Side,
  type SideNumber,
  sessionIdOf,
  stateOf,
  type WireFrame,
  type World,
  worldOf,
} from './two-brokers.js';
import { checkStep, checkWorld } from './two-sessions-laws.js';

/** Bounds, and which liberties the outside takes. */
export interface Scenario {
  /** Tokens of the attempts of A and of B, in turn. */
  readonly tokens: readonly [readonly string[], readonly string[]];
  /** Sessions on each side, by what their app does with them. */
  readonly sessions: readonly [readonly SessionUse[], readonly SessionUse[]];
  /** How often a link that carries may die. */
  readonly cuts: number;
  /** How often a broker may learn that there will be no link. */
  readonly linkRefusals: number;
  /** Timeouts fire whenever they can. */
  readonly hasTimeouts: boolean;
  /** How often a broker may be started anew. */
  readonly restarts: number;
  /**
   * Apps disconnect, destroy and exit, and reject what they are asked. Of several sessions on one side, those at rest are not destroyed one
   * by one.
   */
  readonly isFickle: boolean;
}

/** The move that may always come. */
export const LINK_IS_CUT = 'the link is cut';

export type SessionUse = 'connects' | 'accepts' | 'does both';

export interface TwoSessions extends Model<World> {
  readonly chart: SessionChart;
}

export function createTwoSessions(scenario: Scenario, machine: AnyStateMachine = sessionMachine): TwoSessions {
  const chart = createSessionChart(machine, checkStep);
  return {
    chart,
    initial: {
      sides: [emptySide(scenario, chart, 0), emptySide(scenario, chart, 1)],
      isAlive: false,
      queues: [[], []],
      cutsLeft: scenario.cuts,
      linkRefusalsLeft: scenario.linkRefusals,
      restartsLeft: scenario.restarts,
    },
    key: keyOf,
    moves: (world) => movesOf(scenario, chart, world),
    check: checkWorld,
  };
}

/** Outcomes are left out of the context: they are for the app, no decision depends on them. */
export function createSessionChart(machine: AnyStateMachine, check: typeof checkStep): SessionChart {
  return createPureChart<SessionContext, SessionChartEvent>(machine, {
    normalise: (context) => ({ ...context, errorCode: undefined, reason: '', disconnectReason: undefined }),
    check,
  });
}

function emptySide(scenario: Scenario, chart: SessionChart, at: SideNumber): Side {
  return {
    view: 'down',
    halves: scenario.sessions[at].map(() => chart.begin({ sessionId: 0 })),
    offers: [],
    farewells: [],
    attempts: 0,
    isPeerNew: false,
  };
}

function keyOf({ sides: [a, b], isAlive, queues: [toA, toB], ...left }: World): string {
  const budget = `${isAlive ? 1 : 0}${left.cutsLeft}${left.linkRefusalsLeft}${left.restartsLeft}`;
  return `${sideKey(a)}/${sideKey(b)}/${budget}/${framesKey(toA)}/${framesKey(toB)}`;
}

function sideKey({ view, halves, offers, farewells, attempts, isPeerNew }: Side): string {
  const offersKey = offers.map(({ token, fate }) => `${token}${fate}`).sort();
  const halvesKey = halves.map(({ id }) => id).join(',');
  return `${view[0]}${isPeerNew ? 1 : 0}${attempts};${halvesKey};${offersKey.join(',')};${framesKey(farewells)}`;
}

function framesKey(frames: readonly WireFrame[]): string {
  return frames
    .map(({ type, session, from, token, errorCode }) => `${type[0]}${type[2]}${session}.${from}${token}${errorCode}`)
    .join(',');
}

type Act = (draft: Draft) => void;

function movesOf(scenario: Scenario, chart: SessionChart, world: World): readonly Move<World>[] {
  const moves: Move<World>[] = [];
  const add = (label: string, act: Act, isInternal = false) => {
    const draft = draftOf(world, chart);
    act(draft);
    moves.push({ label, isInternal, to: worldOf(draft) });
  };
  for (const at of [0, 1] as const) {
    addBrokerMoves(scenario, world, at, add);
    addSessionMoves(scenario, world, at, add);
    addOfferMoves(scenario, world, at, add);
  }
  addLinkMoves(world, add);
  return moves;
}

type Add = (label: string, act: Act, isInternal?: boolean) => void;

function addBrokerMoves(scenario: Scenario, world: World, at: SideNumber, add: Add): void {
  const name = nameOf(at);
  const side = world.sides[at];
  const first = world.queues[at][0];
  if (side.view === 'up' && first !== undefined)
    add(`${name} reads ${first.type} ${first.token}`, (draft) => deliver(draft, at), true);
  if (side.view === 'stale') add(`${name} notices the loss`, (draft) => lose(draft, at), true);
  if (side.view !== 'up' && world.isAlive) add(`${name} attaches`, (draft) => attach(draft, at), true);
  if (side.farewells.length > 0) {
    add(`${name} forgets farewells`, (draft) => {
      draft.sides[at].farewells = [];
    });
  }
  if (world.restartsLeft > 0) {
    add(`${name} is started anew`, (draft) => {
      draft.restartsLeft -= 1;
      restart(draft, at, emptySide(scenario, draft.chart, at));
    });
  }
}

function addSessionMoves(scenario: Scenario, world: World, at: SideNumber, add: Add): void {
  const side = world.sides[at];
  const token = scenario.tokens[at][side.attempts];
  const isKeyTaken = side.halves.some((half) => isUnderWay(stateOf(half)));
  if (scenario.isFickle) add(`the app of ${nameOf(at)} exits`, (draft) => tellAll(draft, at, { type: 'app.exit' }));
  side.halves.forEach((half, slot) => {
    if (half.value === 'destroyed') return;
    const name = sessionIdOf(at, slot);
    const tell = (event: SessionChartEvent) => (draft: Draft) => dispatch(draft, at, slot, event);
    if (token !== undefined && scenario.sessions[at][slot] !== 'accepts' && !isKeyTaken) {
      add(`${name} connect ${token}`, (draft) => {
        draft.sides[at].attempts += 1;
        dispatch(draft, at, slot, { type: 'connect', token });
      });
    }
    if (scenario.isFickle) {
      if (isUnderWay(stateOf(half)) || side.halves.length === 1) add(`${name} destroy`, tell({ type: 'destroy' }));
      if (isUnderWay(stateOf(half))) add(`${name} disconnect`, tell({ type: 'disconnect' }));
    }
    if (side.view === 'down' && world.linkRefusalsLeft > 0 && isUnderWay(stateOf(half))) {
      add(`${name} link.refused`, (draft) => {
        draft.linkRefusalsLeft -= 1;
        const errorCode = ConnectErrorCode.SYSTEM_INTERNAL_ERROR;
        dispatch(draft, at, slot, { type: 'link.refused', errorCode, reason: '' });
      });
    }
    const timeout = scenario.hasTimeouts ? TIMEOUTS[half.value] : undefined;
    if (timeout !== undefined)
      add(`${name} ${timeout}`, tell({ type: `xstate.after.${timeout}.session.${half.value}` }));
  });
}

const TIMEOUTS: Readonly<Record<string, string>> = {
  connecting: 'connectTimeout',
  accepting: 'connectTimeout',
  suspended: 'resumeWindow',
};

function addOfferMoves(scenario: Scenario, world: World, at: SideNumber, add: Add): void {
  const side = world.sides[at];
  const name = nameOf(at);
  for (const offer of side.offers) {
    if (offer.fate !== 'pending') continue;
    side.halves.forEach((half, slot) => {
      const isFree = half.value !== 'destroyed' && !isUnderWay(stateOf(half));
      if (scenario.sessions[at][slot] === 'connects' || !isFree) return;
      add(`${sessionIdOf(at, slot)} acceptConnect ${offer.token}`, (draft) => accept(draft, at, slot, offer));
    });
    if (!scenario.isFickle) continue;
    const { PEER_APP_REJECTED, PEER_ABILITY_NO_ONCOLLABORATE } = ConnectErrorCode;
    add(`${name} rejects ${offer.token}`, (draft) => refuse(draft, at, offer.token, PEER_APP_REJECTED));
    add(`${name} has nobody for ${offer.token}`, (draft) =>
      refuse(draft, at, offer.token, PEER_ABILITY_NO_ONCOLLABORATE),
    );
  }
}

function addLinkMoves(world: World, add: Add): void {
  if (!world.isAlive) {
    add('the link is back', (draft) => {
      draft.isAlive = true;
    });
    return;
  }
  if (world.cutsLeft === 0) return;
  add(LINK_IS_CUT, (draft) => {
    draft.cutsLeft -= 1;
    cut(draft);
  });
}

function nameOf(at: SideNumber): string {
  return at === 0 ? 'A' : 'B';
}
