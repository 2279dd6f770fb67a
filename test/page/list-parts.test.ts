import { describe, expect, it } from 'vitest';
import type { SessionSummary } from '../../src/client/client.js';
import { filterSessions } from '../../src/page/list/session-filter.js';
import { rowsInView, scrollToShow } from '../../src/page/list/virtual-window.js';
import { fromHex } from '../../src/page/live/conversation.js';
import { createSessionBook } from '../../src/page/live/session-book.js';
import { formatAge, formatBytes, toWords } from '../../src/page/parts/format.js';

function sessionOf(sessionId: number, changes: Partial<SessionSummary> = {}): SessionSummary {
  const name = { moduleName: 'entry', abilityName: 'Main' };
  return {
    sessionId,
    serviceName: 'dinner',
    app: { bundleName: 'org.example.kitchen', ...name },
    peer: { deviceId: 'f00d', bundleName: 'org.example.phone', ...name },
    state: 'connected',
    since: 1_000,
    ...changes,
  };
}

describe('rows in view', () => {
  it('are those on the screen and a few around', () => {
    expect(rowsInView(6_400, 640, 64, 2_000)).toEqual({ first: 94, end: 116 });
  });

  it('end with the list, also when it became shorter than the scroll position', () => {
    expect(rowsInView(0, 640, 64, 3)).toEqual({ first: 0, end: 3 });
    expect(rowsInView(6_400, 640, 64, 3)).toEqual({ first: 3, end: 3 });
  });

  it('are scrolled to as little as needed', () => {
    expect(scrollToShow(5, 0, 640, 64)).toBe(0);
    expect(scrollToShow(12, 0, 640, 64)).toBe(192);
    expect(scrollToShow(2, 640, 640, 64)).toBe(128);
  });
});

describe('the filter', () => {
  const sessions = [sessionOf(100), sessionOf(101, { state: 'failed' }), sessionOf(102, { serviceName: 'music' })];
  const idsOf = (text: string) => filterSessions(sessions, text).map(({ sessionId }) => sessionId);

  it('wants every word, anywhere, in any case', () => {
    expect(idsOf('  PHONE  connected ')).toEqual([100, 102]);
    expect(idsOf('failed dinner')).toEqual([101]);
    expect(idsOf('nowhere')).toEqual([]);
    expect(idsOf('')).toEqual([100, 101, 102]);
  });
});

describe('the book of sessions', () => {
  it('makes one list of all changes between two pictures, newest first', () => {
    const pictures: (() => void)[] = [];
    const book = createSessionBook((callback) => pictures.push(callback));
    book.update({ type: 'snapshot', sessions: [sessionOf(100), sessionOf(101)] });
    book.update({ type: 'change', session: sessionOf(102) });
    book.update({ type: 'change', session: sessionOf(100, { state: 'destroyed' }) });
    expect(pictures).toHaveLength(1);
    pictures[0]?.();
    expect(book.all.value.map(({ sessionId }) => sessionId)).toEqual([102, 101]);
  });

  it('counts the changes of the last minute', () => {
    const book = createSessionBook(() => {});
    for (const since of [1_000, 30_000, 70_000]) book.update({ type: 'change', session: sessionOf(100, { since }) });
    expect(book.changesOf(100, 71_000)).toBe(2);
    expect(book.changesOf(101, 71_000)).toBe(0);
  });
});

describe('what a person types and reads', () => {
  it('is hexadecimal, or it is not sent', () => {
    expect(fromHex('48 65 6C')).toEqual(new Uint8Array([0x48, 0x65, 0x6c]));
    for (const text of ['', '4', '4g', '48 6']) expect(fromHex(text)).toBeUndefined();
  });

  it('is short', () => {
    expect([900, 61_000, 7_200_000, 180_000_000].map(formatAge)).toEqual(['0 s', '1 min', '2 h', '2 d']);
    expect([12, 2_048, 3_145_728].map(formatBytes)).toEqual(['12 B', '2.0 KB', '3.0 MB']);
    expect(toWords('isThisAttempt')).toBe('is this attempt');
  });
});
