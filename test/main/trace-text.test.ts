import { describe, expect, it } from 'vitest';
import type { SessionTrace } from '../../src/client/interface.js';
import { renderLine } from '../../src/main/terminal/line.js';
import { formatTrace } from '../../src/main/trace-text.js';

const APP = { bundleName: 'b', moduleName: 'm', abilityName: 'a' };

function traceWith(counters: Partial<SessionTrace['counters']>, changes: Partial<SessionTrace> = {}): SessionTrace {
  return {
    sessionId: 100,
    epoch: 'e',
    offset: 1,
    dropped: 0,
    session: {
      sessionId: 100,
      serviceName: 's',
      app: APP,
      peer: { deviceId: '74b6', ...APP },
      peerDeviceName: 'phone',
      state: 'connected',
      since: 0,
    },
    entries: [],
    counters: {
      textsSent: 0,
      textsReceived: 0,
      dataSent: 0,
      dataReceived: 0,
      bytesSent: 0,
      bytesReceived: 0,
      bytesQueued: 0,
      framesSent: 0,
      framesReceived: 0,
      resends: 0,
      suspensions: 0,
      ...counters,
    },
    ...changes,
  };
}

function linesOf(trace: SessionTrace): string[] {
  return formatTrace(trace).map((line) => renderLine(line, false));
}

describe('the words of a trace', () => {
  it.each<readonly [Partial<SessionTrace['counters']>, string]>([
    [
      { textsSent: 1, bytesSent: 1, textsReceived: 1, bytesReceived: 1, resends: 1, suspensions: 1 },
      'Sent 1 text and 0 data (1 byte), received 1 text and 0 data (1 byte), 1 frame again, suspended 1 time.',
    ],
    [
      { textsSent: 2, dataSent: 1, bytesSent: 1_200, bytesQueued: 400, roundTripMs: 9.4 },
      'Sent 2 texts and 1 data (1,200 bytes, 400 bytes waiting), received 0 texts and 0 data (0 bytes), 0 frames again, suspended 0 times, round trip 9 ms.',
    ],
  ])('count %j', (counters, words) => {
    expect(linesOf(traceWith(counters))).toContain(words);
  });

  it.each([
    [1, '1 earlier entry is not kept.'],
    [2, '2 earlier entries are not kept.'],
  ])('say that %d are not kept', (dropped, words) => {
    expect(linesOf(traceWith({}, { dropped }))[1]).toBe(words);
  });

  it('have the name of the device, or its id where nobody ever heard it', () => {
    expect(linesOf(traceWith({}))[0]).toBe('Session 100, s, with b on phone: connected');
    const { peerDeviceName: _, ...session } = traceWith({}).session;
    expect(linesOf(traceWith({}, { session }))[0]).toBe('Session 100, s, with b on 74b6: connected');
  });
});
