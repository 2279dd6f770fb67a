import { describe, expect, it } from 'vitest';
import type { TraceEntry } from '../../src/client/client.js';
import { formatNdjson } from '../../src/page/trace/ndjson.js';
import { changesBetween, momentAt } from '../../src/page/trace/replay.js';

const session = { lane: 'session', machine: 'session' } as const;
const entries: readonly TraceEntry[] = [
  {
    offset: 8,
    at: 1_000,
    ...session,
    kind: 'state',
    name: 'connect',
    from: 'created',
    to: 'connecting',
    edge: 'created|connect|0',
  },
  { offset: 9, at: 1_010, lane: 'link', kind: 'event', name: 'up', detail: { attempts: 1 } },
  {
    offset: 10,
    at: 1_020,
    ...session,
    kind: 'event',
    name: 'link.up',
    from: 'connecting',
    edge: 'connecting|link.up|0',
  },
  {
    offset: 11,
    at: 1_030,
    ...session,
    kind: 'state',
    name: 'peer.accept',
    from: 'connecting',
    to: 'connected',
    edge: 'connecting|peer.accept|0',
  },
  { offset: 12, at: 1_040, lane: 'link', kind: 'event', name: 'up', detail: { attempts: 2 } },
];

describe('replay', () => {
  it('is in the last state at the end', () => {
    expect(momentAt(entries, undefined).charts).toEqual({
      session: { state: 'connected', enteredAt: 1_030, edge: 'connecting|peer.accept|0' },
    });
  });

  it('is before the first entry in the state that it left', () => {
    const moment = momentAt(entries, 0);
    expect(moment).toMatchObject({ offset: 7, charts: { session: { state: 'created' } } });
    expect(moment.entry).toBeUndefined();
  });

  it('shows a way that leaves no state as taken, and keeps when the state was entered', () => {
    expect(momentAt(entries, 10).charts).toEqual({
      session: { state: 'connecting', enteredAt: 1_000, edge: 'connecting|link.up|0' },
    });
  });

  it('says what an entry changed, and from what', () => {
    expect(changesBetween(momentAt(entries, 10), momentAt(entries, 11))).toEqual([
      { name: 'session', before: 'connecting', after: 'connected' },
    ]);
    expect(changesBetween(momentAt(entries, 11), momentAt(entries, 12))).toEqual([
      { name: 'link.attempts', before: 1, after: 2 },
    ]);
  });

  it('has nothing to say without entries', () => {
    expect(momentAt([], undefined)).toEqual({ offset: 0, charts: {}, facts: {} });
  });
});

describe('a trace as a file', () => {
  const name = { moduleName: 'entry', abilityName: 'Main', bundleName: 'org.example' };
  const head = {
    sessionId: 100,
    epoch: 'e',
    offset: 12,
    dropped: 7,
    session: {
      sessionId: 100,
      serviceName: 'dinner',
      app: name,
      peer: { deviceId: 'phone', ...name },
      state: 'connected' as const,
      since: 1_030,
    },
    counters: {
      textsSent: 1,
      textsReceived: 0,
      dataSent: 0,
      dataReceived: 0,
      bytesSent: 5,
      bytesQueued: 0,
      bytesReceived: 0,
      framesSent: 1,
      framesReceived: 0,
      resends: 0,
      suspensions: 0,
    },
  };

  it('is one object a line, first what it is of', () => {
    const trace = { ...head, entries };
    const lines = formatNdjson(trace)
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines).toEqual([head, ...entries]);
  });
});
