import { Subject } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { createVirtualTime } from '../../../src/transport/air/virtual-time.js';

describe('virtual time', () => {
  it('jumps from one timer to the next, in order of time and then of setting', async () => {
    const { clock, run } = createVirtualTime();
    const seen: string[] = [];
    const note = (what: string) => () => void seen.push(`${what} ${clock.now()}`);
    clock.setTimeout(note('second'), 2_000);
    clock.setTimeout(note('third'), 2_000);
    clock.setTimeout(note('first'), 1);
    await run(new Promise<void>((resolve) => void clock.setTimeout(resolve, 86_400_000)));
    expect(seen).toEqual(['first 1', 'second 2000', 'third 2000']);
    expect(clock.now()).toBe(86_400_000);
  });

  it('stands still outside of a run, and after the promise has settled', async () => {
    const { clock, run } = createVirtualTime();
    let hasFired = false;
    clock.setTimeout(() => {
      hasFired = true;
    }, 1);
    await run(Promise.resolve());
    expect([hasFired, clock.now()]).toEqual([false, 0]);
  });

  it('leaves out timers that were cleared', async () => {
    const { clock, run } = createVirtualTime();
    const seen: string[] = [];
    const handle = clock.setTimeout(() => void seen.push('cleared'), 1);
    clock.setTimeout(() => void seen.push('kept'), 1);
    clock.clearTimeout(handle);
    clock.clearTimeout(undefined);
    await run(new Promise<void>((resolve) => void clock.setTimeout(resolve, 2)));
    expect(seen).toEqual(['kept']);
  });

  it('waits while there is activity', async () => {
    const { clock, run } = createVirtualTime();
    const activity = new Subject<void>();
    let turnsLeft = 500;
    const work = (): void => {
      activity.next();
      if (turnsLeft-- > 0) setImmediate(work);
    };
    setImmediate(work);
    const left = new Promise<number>((resolve) => void clock.setTimeout(() => resolve(turnsLeft), 1));
    expect(await run(left, activity)).toBeLessThanOrEqual(0);
    expect(activity.observed).toBe(false);
  });

  it('rejects with what the promise rejects with', async () => {
    const { run } = createVirtualTime();
    await expect(run(Promise.reject(new Error('no')))).rejects.toThrow('no');
  });
});
