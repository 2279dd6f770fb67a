import { describe, expect, it } from 'vitest';
import { causeOf, DIAGNOSES, diagnose, type Facts } from '../../src/broker/diagnosis.js';
import { readTables } from '../docs/tables.js';

const FACTS: Facts = {
  device: 'phone',
  app: 'a/b/C',
  role: 'initiator',
  errorCode: 5,
  reason: 'no answer within the connect timeout',
  disconnectReason: undefined,
  isLinked: false,
  loss: undefined,
  failure: undefined,
  isAsking: false,
  heard: undefined,
  namesake: undefined,
};

describe('the table of diagnoses', () => {
  it.each<readonly [keyof typeof DIAGNOSES, Partial<Facts>]>([
    ['noCommonVersion', { reason: 'the peer speaks no version in common', failure: 'no-common-version' }],
    ['keyChanged', { reason: 'the peer has another key than before', failure: 'key-changed' }],
    ['wrongAccount', { reason: 'the peer does not share the account', failure: 'wrong-account' }],
    ['sessionExistsThere', { errorCode: 0, reason: "the peer's own request came first" }],
    ['givenUpThere', { reason: 'the peer gave the attempt up' }],
    ['fellSilent', { failure: 'unanswered', heard: { agoMs: 9_000 } }],
    ['nameNotId', { failure: 'not-in-range', namesake: '74b6' }],
    ['notInRange', { failure: 'not-in-range', heard: { agoMs: 20_000 } }],
    ['notDialled', { failure: 'unanswered', isAsking: true }],
    ['linkFailed', { failure: 'handshake-timeout' }],
    ['notConfirmed', { isLinked: true, role: 'acceptor' }],
    ['sessionGone', { errorCode: undefined, disconnectReason: 2, isLinked: true }],
    ['unknown', { reason: 'something else', failure: 'busy' }],
  ])('has %s', (cause, facts) => {
    expect(causeOf({ ...FACTS, ...facts })).toBe(cause);
  });

  it('fills every word in', () => {
    for (const cause of Object.values(DIAGNOSES))
      expect(cause).not.toMatch(/\{(?!device|app|reason|loss|heard|namesake)/);
    expect(diagnose({ ...FACTS, failure: 'not-in-range', heard: { agoMs: 31_000, rssi: -91.6 } })).toBe(
      'phone is not in range: it was last heard 31 s ago at -92 dBm. Bring it nearer, and see that Tandem runs there.',
    );
  });

  it('is the one of docs/diagnosis.md, which says of every cause when it is given', () => {
    const [rows = []] = readTables('diagnosis.md');
    const plain = Object.entries(DIAGNOSES).map(([cause, text]) => [cause, text.replaceAll('`', '')]);
    expect(rows.map(([cause, , text]) => [cause, text])).toEqual(plain);
    expect(rows.filter(([, when]) => when === '')).toEqual([]);
  });
});
