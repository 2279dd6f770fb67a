import { describe, expect, it } from 'vitest';
import { chartOf } from '../../src/charts/charts.js';
import { runningTimers } from '../../src/page/charts/countdown.js';
import { ancestorsOf, possibilitiesOf } from '../../src/page/charts/possibilities.js';
import { CONNECT_TIMEOUT_MS } from '../../src/protocol/limits.js';

const session = await chartOf('session');
const radio = await chartOf('radio');

describe('what can happen next', () => {
  it('is what leaves the active state, with whose doing it is and on what condition', () => {
    const open = possibilitiesOf(session, 'connecting').filter(({ isPossible }) => isPossible);
    const causes = new Map(open.map(({ edge, cause }) => [edge.label, cause]));
    expect(causes.get('disconnect')).toBe('app');
    expect(causes.get('link.up')).toBe('link');
    expect(causes.get('after connectTimeout')).toBe('time');
    expect(causes.get('peer.accept [isThisAttempt]')).toBe('peer');
    expect(open.find(({ edge }) => edge.guard === 'isThisAttempt')?.why).toBe(
      'when the peer says so, if is this attempt',
    );
  });

  it('says of every other transition from where it could be taken', () => {
    const shut = possibilitiesOf(session, 'created').filter(({ isPossible }) => !isPossible);
    expect(shut.find(({ edge }) => edge.id === 'connected|link.lost|0')?.why).toBe('only from connected');
  });

  it('is nothing in a final state, and while the state is not known', () => {
    for (const active of ['destroyed', undefined]) {
      expect(possibilitiesOf(session, active).filter(({ isPossible }) => isPossible)).toEqual([]);
    }
  });

  it('counts what the states around the active one allow', () => {
    expect(ancestorsOf(radio, 'poweredOn')).toEqual(['poweredOn', 'radio']);
    const events = possibilitiesOf(radio, 'poweredOn').filter(({ isPossible }) => isPossible);
    expect(events.map(({ edge }) => edge.event)).toContain('radio.changed');
  });
});

describe('running timers', () => {
  const entered = { state: 'connecting', enteredAt: 50_000 };

  it('count down from when their state was entered, and not below nothing', () => {
    const leftAt = (now: number) => runningTimers(session, entered, now)[0]?.leftMs;
    expect(leftAt(50_000)).toBe(CONNECT_TIMEOUT_MS);
    expect(leftAt(52_500)).toBe(CONNECT_TIMEOUT_MS - 2_500);
    expect(leftAt(90_000)).toBe(0);
  });

  it('are there without a number when nobody saw them start', () => {
    expect(runningTimers(session, { state: 'suspended' }, 0)).toMatchObject([
      { name: 'resumeWindow', leftMs: undefined },
    ]);
  });

  it('are none in states that last', () => {
    expect(runningTimers(session, { state: 'connected', enteredAt: 0 }, 0)).toEqual([]);
  });
});
