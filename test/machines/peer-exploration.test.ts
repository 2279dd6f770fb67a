import { describe, expect, it } from 'vitest';
import { peerMachine } from '../../src/machines/peer.js';
import { explore } from './explore.js';
import { withTransition } from './mutant.js';
import { createTwoPeers } from './two-peers.js';

/** Long enough for a machine that has much else to do. */
const TIMEOUT_MS = 600_000;

describe('two peers, in every order of dials, offers, aborts and losses', () => {
  it.each([
    { name: 'nothing goes wrong', scenario: { troubles: 0, switches: 0 }, states: 900 },
    { name: 'three dials fail or links die', scenario: { troubles: 3, switches: 0 }, states: 59_000 },
    { name: 'a radio is switched off and on', scenario: { troubles: 0, switches: 1 }, states: 21_000 },
  ])(
    'end with one link, the same on both ends, or none: $name',
    ({ name, scenario, states }) => {
      const exploration = explore(createTwoPeers(scenario));
      // biome-ignore lint/suspicious/noConsole: the count is part of what this test has to say
      console.info(`two peers, ${name}: ${exploration.states} states, ${exploration.transitions} transitions`);
      expect(exploration.states).toBeGreaterThanOrEqual(states);
    },
    TIMEOUT_MS,
  );

  it(
    'use every transition of the chart',
    () => {
      const asked = [
        { troubles: 1, switches: 0 },
        { troubles: 0, switches: 1 },
      ].flatMap((scenario) => {
        const model = createTwoPeers(scenario);
        explore(model);
        return [...model.chart.asked];
      });
      const defined = Object.values(peerMachine.states).flatMap(({ key, ownEvents }) =>
        ownEvents.map((event) => `${key} ${event}`),
      );
      expect(defined.length).toBeGreaterThan(20);
      expect(defined.filter((pair) => !asked.includes(pair))).toEqual([]);
    },
    TIMEOUT_MS,
  );
});

describe('the exploration', () => {
  const takeOffered = { target: 'linked', actions: ['useOffered', { type: 'announceUp', params: linkOf }] };

  it.each([
    ['dialling', 'link.offered', takeOffered, 'circles'],
    ['linked', 'link.lost', { guard: 'isReserve', actions: 'forgetReserve' }, 'are known'],
    ['linked', 'link.offered', undefined, 'are known'],
    ['linked', 'radio.off', 'grounded', 'a link in the wrong state'],
    ['dialling', 'link.lost', undefined, 'are known'],
    ['lingering', 'link.wanted', undefined, 'lingering, wanted: true'],
  ])(
    'notices a chart that does something else in %s on %s',
    (state, event, transition, words) => {
      const broken = withTransition(peerMachine, state, event, transition);
      expect(() => explore(createTwoPeers({ troubles: 1, switches: 1 }, broken))).toThrow(words);
    },
    TIMEOUT_MS,
  );
});

function linkOf({ context }: { readonly context: { readonly link: number | undefined } }) {
  return { link: context.link };
}
