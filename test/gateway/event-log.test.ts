import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createEventLog, type EventLog } from '../../src/gateway/event-log.js';
import { EVENT_COST_BYTES } from '../../src/protocol/limits.js';

describe('the event log', () => {
  it('hands out each event once, in order, until it is rewound', () => {
    const log = logOf('a', 'b', 'c');
    expect([log.takeUnsent(), log.takeUnsent()]).toEqual(['a', 'b']);
    log.confirm(1);
    expect(log.takeUnsent()).toBe('c');
    expect(log.takeUnsent()).toBeUndefined();
    log.rewind();
    expect([log.takeUnsent(), log.takeUnsent(), log.takeUnsent()]).toEqual(['b', 'c', undefined]);
  });

  it('ignores confirmations of what was not sent, or is confirmed', () => {
    const log = logOf('a', 'b');
    log.takeUnsent();
    log.confirm(2);
    expect(log.confirmedOffset).toBe(0);
    log.confirm(1);
    log.confirm(1);
    log.confirm(-1);
    expect(log.confirmedOffset).toBe(1);
  });

  it('counts data by its bytes', () => {
    const log = createEventLog();
    log.append({ sessionId: 100, offset: 1, data: new ArrayBuffer(10) });
    expect(log).toMatchObject({ keptBytes: 10 + EVENT_COST_BYTES, sentBytes: 0 });
    log.takeUnsent();
    expect(log.sentBytes).toBe(10 + EVENT_COST_BYTES);
    log.confirm(1);
    expect(log).toMatchObject({ keptBytes: 0, sentBytes: 0 });
  });

  it('agrees with a plain list, whatever happens', () => {
    const step = fc.oneof(
      fc.record({ type: fc.constant('append' as const), text: fc.string({ maxLength: 5 }) }),
      fc.record({ type: fc.constant('take' as const) }),
      fc.record({ type: fc.constant('rewind' as const) }),
      fc.record({ type: fc.constant('confirm' as const), offset: fc.integer({ min: -1, max: 30 }) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const log = createEventLog();
        const model = { all: [] as string[], confirmed: 0, sent: 0, reached: 0 }; // filled below
        for (const action of steps) {
          if (action.type === 'append') {
            log.append(action.text);
            model.all.push(action.text);
          } else if (action.type === 'take') {
            expect(log.takeUnsent()).toBe(model.all[model.sent]);
            model.sent = Math.min(model.sent + 1, model.all.length);
            model.reached = Math.max(model.reached, model.sent);
          } else if (action.type === 'rewind') {
            log.rewind();
            model.sent = model.confirmed;
          } else {
            log.confirm(action.offset);
            if (action.offset <= model.reached) model.confirmed = Math.max(model.confirmed, action.offset);
            model.sent = Math.max(model.sent, model.confirmed);
          }
          const kept = model.all.slice(model.confirmed);
          expect(log).toMatchObject({
            nextOffset: model.all.length + 1,
            confirmedOffset: model.confirmed,
            sentOffset: model.sent,
            keptBytes: costOf(kept),
            sentBytes: costOf(model.all.slice(model.confirmed, model.sent)),
          });
        }
      }),
    );
  });
});

function logOf(...texts: readonly string[]): EventLog {
  const log = createEventLog();
  for (const text of texts) log.append(text);
  return log;
}

function costOf(texts: readonly string[]): number {
  return texts.reduce((sum, text) => sum + EVENT_COST_BYTES + text.length, 0);
}
