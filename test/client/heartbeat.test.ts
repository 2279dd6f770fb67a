import { describe, expect, it, vi } from 'vitest';
import { SimulatedClock } from 'xstate';
import { startHeartbeat } from '../../src/client/heartbeat.js';

function start() {
  const clock = new SimulatedClock();
  const [ask, onSilent] = [vi.fn(), vi.fn()];
  const heartbeat = startHeartbeat({ clock, intervalMs: 1_000, ask, onSilent });
  return { clock, ask, onSilent, heartbeat };
}

describe('heartbeat', () => {
  it('asks after an interval of silence and gives up after a second one', () => {
    const { clock, ask, onSilent } = start();
    clock.increment(1_000);
    expect([ask.mock.calls.length, onSilent.mock.calls.length]).toEqual([1, 0]);
    clock.increment(1_000);
    expect([ask.mock.calls.length, onSilent.mock.calls.length]).toEqual([1, 1]);
  });

  it('asks nothing while something arrives in every interval', () => {
    const { clock, ask, heartbeat } = start();
    for (let interval = 0; interval < 10; interval += 1) {
      heartbeat.heard();
      clock.increment(1_000);
    }
    expect(ask).not.toHaveBeenCalled();
  });

  it('forgets an earlier silence once something arrives', () => {
    const { clock, ask, onSilent, heartbeat } = start();
    clock.increment(1_000);
    heartbeat.heard();
    clock.increment(1_000);
    clock.increment(1_000);
    expect([ask.mock.calls.length, onSilent.mock.calls.length]).toEqual([2, 0]);
  });

  it('leaves nothing behind when stopped', () => {
    const { clock, ask, onSilent, heartbeat } = start();
    heartbeat.stop();
    clock.increment(10_000);
    expect([ask.mock.calls.length, onSilent.mock.calls.length]).toEqual([0, 0]);
  });
});
