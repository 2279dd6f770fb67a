import { describe, expect, it } from 'vitest';
import { sessionMachine } from '../../src/machines/session.js';
import { type Exploration, explore } from './explore.js';
import { withTransition } from './mutant.js';
import { stateOf, type World } from './two-brokers.js';
import { createTwoSessions, LINK_IS_CUT, type Scenario } from './two-sessions.js';

/** Long enough for a machine that has much else to do. */
const TIMEOUT_MS = 600_000;

const oneAttempt = { tokens: [['1'], []], sessions: [['connects'], ['accepts']] } as const;
const twoAttempts = { tokens: [['1', '2'], []], sessions: [['connects'], ['accepts']] } as const;
const bothConnect = {
  tokens: [['1'], ['2']],
  sessions: [
    ['connects', 'accepts'],
    ['connects', 'accepts'],
  ],
} as const;
const bothConnectWithOneSession = { tokens: [['1'], ['2']], sessions: [['does both'], ['does both']] } as const;
const bothConnectAgain = { tokens: [['1', '3'], ['2']], sessions: [['does both'], ['does both']] } as const;

/** Apps, clocks and links do what they like. */
const wild = { hasTimeouts: true, isFickle: true, linkRefusals: 1, restarts: 0 } as const;
/** Apps accept and keep what they have, and no deadline passes; the link may still be cut. */
const calm = { hasTimeouts: false, isFickle: false, linkRefusals: 0, restarts: 0 } as const;

interface Row {
  readonly name: string;
  readonly scenario: Scenario;
  /** Floor: fewer states would mean that the exploration sees less than it did. */
  readonly states: number;
}

const rows: readonly Row[] = [
  { name: 'one attempt, three cuts', scenario: { ...wild, ...oneAttempt, cuts: 3 }, states: 8_600 },
  { name: 'two attempts, two cuts', scenario: { ...wild, ...twoAttempts, cuts: 2 }, states: 52_000 },
  {
    name: 'two attempts, one cut, one broker started anew',
    scenario: { ...wild, ...twoAttempts, cuts: 1, restarts: 1 },
    states: 66_000,
  },
  {
    name: 'both sides connect, one cut',
    scenario: { ...wild, ...bothConnect, linkRefusals: 0, cuts: 1 },
    states: 308_000,
  },
  {
    name: 'both sides connect with the session they accept with, one cut',
    scenario: { ...wild, ...bothConnectWithOneSession, cuts: 1 },
    states: 78_000,
  },
  {
    name: 'both sides connect, one of them twice',
    scenario: { ...wild, ...bothConnectAgain, cuts: 0 },
    states: 93_000,
  },
];

/** What no broker that keeps the rules ever asks of a session; the chart answers all the same. */
const NEVER_ASKED = ['connected peer.resume', 'created peer.resume', 'rejected peer.accept', 'rejected peer.resume'];

describe('two sessions, in every order of events', () => {
  const asked = new Set<string>();

  it.each(rows)(
    'agree in the end and settle every promise once: $name',
    ({ name, scenario, states }) => {
      const model = createTwoSessions(scenario);
      const exploration = explore(model);
      report(name, exploration);
      expect(exploration.states).toBeGreaterThanOrEqual(states);
      for (const pair of model.chart.asked) asked.add(pair);
    },
    TIMEOUT_MS,
  );

  it('use every transition of the chart but a few that only a broken peer could ask for', () => {
    const defined = Object.values(sessionMachine.states).flatMap(({ key, ownEvents }) =>
      ownEvents.map((event) => `${key} ${event}`),
    );
    expect(defined.filter((pair) => !asked.has(pair)).sort()).toEqual(NEVER_ASKED);
  });
});

describe('two connects at once', () => {
  it.each([
    ['no cut', bothConnect, 0],
    ['three cuts', bothConnect, 3],
    ['no cut, accepting with the same session', bothConnectWithOneSession, 0],
    ['three cuts, accepting with the same session', bothConnectWithOneSession, 3],
  ] as const)('have one winner, the smaller token: %s', (name, both, cuts) => {
    const model = createTwoSessions({ ...calm, ...both, cuts });
    let settled = 0;
    const exploration = explore({
      ...model,
      check: (world, moves) => {
        model.check(world, moves);
        if (moves.some(({ label }) => label !== LINK_IS_CUT)) return;
        settled += 1;
        checkWinner(world);
      },
    });
    report(`both sides connect and stay calm, ${name}`, exploration);
    expect(settled).toBeGreaterThan(2);
  });
});

/** Nothing is left to happen: one token is connected on both sides; the smaller one if both were ever under way. */
function checkWinner({ sides }: World): void {
  const [here, there] = sides.map(({ halves }) => halves.filter((half) => stateOf(half) === 'connected'));
  const [winner, ...others] = here?.map(({ context }) => context.token) ?? [];
  const isShared = there?.length === 1 && there[0]?.context.token === winner;
  if (winner === undefined || others.length > 0 || !isShared) throw new Error('not exactly one pair is connected');
  if (sides.every(({ attempts }) => attempts === 1) && winner !== '1') throw new Error('the greater token won');
}

describe('the exploration', () => {
  it.each([
    ['connecting', 'link.up', 'and nobody over there is asked'],
    ['accepting', 'link.up', 'is accepting, and nothing will come'],
    ['accepting', 'peer.resume', 'resumeDelivery|nothing will come'],
    ['suspended', 'link.up', 'is suspended, and nothing will come'],
    ['suspended', 'peer.resume', 'resumeDelivery|nothing will come|closeStale'],
    ['connected', 'link.lost', 'connected without a link|holdDelivery'],
    ['connected', 'peer.close', 'connected on one side only'],
    ['disconnected', 'peer.resume', 'closeStale'],
  ])('notices a chart that ignores in %s the event %s', (state, event, words) => {
    const broken = withTransition(sessionMachine, state, event, undefined);
    const model = createTwoSessions({ ...wild, ...oneAttempt, cuts: 2 }, broken);
    expect(() => explore(model)).toThrow(new RegExp(words));
  });

  it('notices a chart that believes what is said of another attempt', () => {
    const broken = withTransition(sessionMachine, 'connecting', 'peer.close', {
      target: 'failed',
      actions: 'settleConnect',
    });
    const model = createTwoSessions({ ...wild, ...twoAttempts, cuts: 1 }, broken);
    expect(() => explore(model)).toThrow('connecting on peer.close → failed');
  });
});

function report(name: string, { states, transitions }: Exploration): void {
  // biome-ignore lint/suspicious/noConsole: the count is part of what this test has to say
  console.info(`two sessions, ${name}: ${states} states, ${transitions} transitions`);
}
