import { describe, expect, it } from 'vitest';
import type { AnyStateMachine } from 'xstate';
import { AttemptError } from '../../src/machines/attempt-error.js';
import { type PeerEvent, peerMachine } from '../../src/machines/peer.js';
import { radioMachine } from '../../src/machines/radio.js';
import { sessionMachine } from '../../src/machines/session.js';
import type { SessionEvent } from '../../src/machines/session-events.js';
import { ConnectErrorCode, RADIO_STATES, SESSION_STATES } from '../../src/protocol/codes.js';
import * as limits from '../../src/protocol/limits.js';
import { createPureChart, type Position, type PureChart } from './pure-chart.js';
import type { SessionChartEvent } from './two-brokers.js';
import { checkPeerStep } from './two-peers-laws.js';
import type { PeerChart, PeerChartEvent } from './two-radios.js';
import { createSessionChart } from './two-sessions.js';
import { checkStep } from './two-sessions-laws.js';

/** Every event of the type, so that none can be forgotten below. */
const SESSION_EVENTS = Object.keys({
  connect: true,
  acceptConnect: true,
  disconnect: true,
  destroy: true,
  'app.exit': true,
  'link.up': true,
  'link.lost': true,
  'link.refused': true,
  'peer.accept': true,
  'peer.confirm': true,
  'peer.resume': true,
  'peer.reject': true,
  'peer.close': true,
} satisfies Record<SessionEvent['type'], true>);

const PEER_EVENTS = Object.keys({
  'link.wanted': true,
  'link.unwanted': true,
  'link.offered': true,
  'link.lost': true,
  'device.sighted': true,
  'radio.on': true,
  'radio.off': true,
} satisfies Record<PeerEvent['type'], true>);

/** Nothing is under way: there is no link to care for, and nothing to end. */
const AT_REST = ['disconnect', 'link.up', 'link.lost', 'link.refused', 'peer.confirm', 'peer.reject', 'peer.close'];

/** What a state ignores, on purpose. */
const SESSION_IGNORES: Readonly<Record<string, readonly string[]>> = {
  created: AT_REST,
  // The deadline runs on without a link; only the acceptor is sent a confirm.
  connecting: ['connect', 'acceptConnect', 'link.lost', 'peer.confirm'],
  // The same; and only the initiator is sent a reject.
  accepting: ['connect', 'acceptConnect', 'link.lost', 'peer.reject'],
  // It has its link, so there is nothing to refuse; answers to the attempt come too late.
  connected: ['connect', 'acceptConnect', 'link.up', 'link.refused', 'peer.confirm', 'peer.reject'],
  // The window runs on when a link came that brought no answer.
  suspended: ['connect', 'acceptConnect', 'link.lost', 'peer.confirm', 'peer.reject'],
  disconnected: AT_REST,
  rejected: AT_REST,
  failed: AT_REST,
  destroyed: SESSION_EVENTS,
};

const PEER_IGNORES: Readonly<Record<string, readonly string[]>> = {
  // A dial that finds the radio off fails, and is tried again: no need to know beforehand.
  idle: ['link.unwanted', 'link.lost', 'device.sighted', 'radio.on', 'radio.off'],
  // The dial itself sees to it that the device is heard.
  dialling: ['link.wanted', 'device.sighted', 'radio.on'],
  waiting: ['link.wanted', 'link.lost'],
  grounded: ['link.wanted', 'link.lost', 'device.sighted', 'radio.off'],
  linked: ['link.wanted', 'device.sighted', 'radio.on'],
  lingering: ['link.unwanted', 'device.sighted', 'radio.on'],
};

describe.each([
  ['session', sessionMachine, SESSION_EVENTS, SESSION_IGNORES],
  ['peer', peerMachine, PEER_EVENTS, PEER_IGNORES],
] as const)('the chart of a %s', (_, machine, events, ignores) => {
  it('handles every event in every state, or ignores it on purpose', () => {
    const ignored = Object.entries(statesOf(machine)).map(([state, { ownEvents }]) => {
      return [state, events.filter((event) => !ownEvents.includes(event)).sort()];
    });
    expect(Object.fromEntries(ignored)).toEqual(
      Object.fromEntries(Object.entries(ignores).map(([state, list]) => [state, [...list].sort()])),
    );
  });

  it('waits only for named delays, all of which are limits', () => {
    const { delays } = machine.implementations;
    const used = Object.values(statesOf(machine)).flatMap(({ after }) => after.map(({ delay }) => delay));
    expect(new Set(used)).toEqual(new Set(Object.keys(delays)));
    const numbers = Object.values(delays).filter((delay) => typeof delay === 'number');
    expect(Object.values(limits)).toEqual(expect.arrayContaining(numbers));
  });

  it('says what happens when an invoked actor fails', () => {
    const invokes = Object.values(statesOf(machine)).flatMap(({ invoke }) => invoke);
    expect(invokes.filter(({ onError }) => onError === undefined)).toEqual([]);
  });
});

describe('the chart of a session', () => {
  it('has exactly the states that codes.ts names, and reaches each', () => {
    const chart = createSessionChart(sessionMachine, () => {});
    expect(Object.keys(sessionMachine.states)).toEqual([...SESSION_STATES]);
    expect(walk(chart, chart.begin({ sessionId: 0 }), sessionEvents())).toEqual(new Set(SESSION_STATES));
  });

  it('keeps the laws of a step on every event, in turn or not', () => {
    const chart = createSessionChart(sessionMachine, checkStep);
    walk(chart, chart.begin({ sessionId: 0 }), sessionEvents());
    expect(chart.asked.size).toBeGreaterThanOrEqual(SESSION_STATES.length * SESSION_EVENTS.length);
  });
});

describe('the chart of a peer', () => {
  it.each([true, false])('reaches each of its states and keeps the laws of a step, own dial preferred: %s', (isOwn) => {
    const chart: PeerChart = createPureChart(peerMachine, {
      normalise: (context) => ({ ...context, attempts: 0, trouble: '' }),
      check: checkPeerStep,
    });
    const reached = walk(chart, chart.begin({ deviceId: 'phone', isOwnDialPreferred: isOwn }), peerEvents());
    expect(reached).toEqual(new Set(Object.keys(PEER_IGNORES)));
  });
});

describe('the chart of the radio', () => {
  it('hears of every change in every state', () => {
    expect(Object.keys(radioMachine.states)).toEqual([...RADIO_STATES]);
    expect(radioMachine.root.ownEvents).toContain('radio.changed');
    expect(Object.values(radioMachine.states).flatMap(({ ownEvents }) => ownEvents)).toEqual([]);
  });

  it('says what happens when it can no longer be watched', () => {
    expect(radioMachine.root.invoke.map(({ onError }) => onError !== undefined)).toEqual([true]);
  });
});

function statesOf(machine: AnyStateMachine): AnyStateMachine['states'] {
  return machine.states;
}

/** Gives every event to every position that is reached; returns the states among them. */
function walk<Context, Event>(
  chart: PureChart<Context, Event>,
  start: Position<Context>,
  events: readonly Event[],
): ReadonlySet<string> {
  const known = new Set([start]);
  for (const position of known) for (const event of events) known.add(chart.step(position, event).to);
  return new Set([...known].map(({ value }) => value));
}

function sessionEvents(): readonly SessionChartEvent[] {
  const { PEER_APP_REJECTED, PEER_ABILITY_NO_ONCOLLABORATE, LOCAL_WIFI_NOT_OPEN } = ConnectErrorCode;
  const ofTokens = ['own', 'other'].flatMap((token): readonly SessionEvent[] => [
    { type: 'connect', token },
    { type: 'acceptConnect', token, remoteSessionId: 200 },
    { type: 'peer.accept', token, remoteSessionId: 200 },
    { type: 'peer.confirm', token },
    { type: 'peer.resume', token, remoteSessionId: 200, received: 0, creditLimit: 0 },
    { type: 'peer.reject', token, errorCode: PEER_APP_REJECTED, reason: '' },
    { type: 'peer.reject', token, errorCode: PEER_ABILITY_NO_ONCOLLABORATE, reason: '' },
    { type: 'peer.close', token, reason: 0 },
  ]);
  return [
    ...ofTokens,
    { type: 'disconnect' },
    { type: 'destroy' },
    { type: 'app.exit' },
    { type: 'link.up' },
    { type: 'link.lost' },
    { type: 'link.refused', errorCode: LOCAL_WIFI_NOT_OPEN, reason: '' },
    { type: 'xstate.after.connectTimeout.session.connecting' },
    { type: 'xstate.after.connectTimeout.session.accepting' },
    { type: 'xstate.after.resumeWindow.session.suspended' },
  ];
}

function peerEvents(): readonly PeerChartEvent[] {
  const ofLinks = [1, 2].flatMap((link): readonly PeerChartEvent[] => [
    { type: 'link.offered', link },
    { type: 'link.lost', link, trouble: '' },
  ]);
  const failures = [false, true].map((isFinal): PeerChartEvent => {
    return { type: 'xstate.error.actor.0.peer.dialling', error: new AttemptError('', { isFinal }) };
  });
  return [
    ...ofLinks,
    ...failures,
    { type: 'xstate.done.actor.0.peer.dialling', output: 3 },
    { type: 'link.lost', link: 3, trouble: '' },
    { type: 'link.wanted' },
    { type: 'link.unwanted' },
    { type: 'radio.on' },
    { type: 'radio.off' },
    { type: 'xstate.after.redial.peer.waiting' },
    { type: 'xstate.after.linger.peer.lingering' },
  ];
}
