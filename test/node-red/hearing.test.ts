import { describe, expect, it } from 'vitest';
import { createHearing } from '../../packages/node-red-contrib-tandem/lib/hearing.mjs';

describe('what peers say while a flow is deployed', () => {
  it('is kept, in order, for the nodes that come', async () => {
    const hearing = createHearing();
    const told = Promise.all([hearing.tell({ payload: 1 }), hearing.tell({ payload: 2 })]);
    const heard: unknown[] = [];
    hearing.add(({ payload }) => heard.push(payload) > 0);
    expect(hearing.release()).toBe(0);
    expect(await told).toEqual([true, true]);
    expect(heard).toEqual([1, 2]);
  });

  it('is bounded, and what found no room is counted once', async () => {
    const hearing = createHearing();
    const told = Array.from({ length: 258 }, (_, payload) => hearing.tell({ payload }));
    expect(await told[257]).toBe(false);
    expect([hearing.release(), hearing.release()]).toEqual([2, 0]);
  });

  it('is refused where no node takes it, and each node has its own copy', async () => {
    const hearing = createHearing();
    hearing.release();
    expect(await hearing.tell({ topic: 'collaborate' })).toBe(false);
    const seen: unknown[] = [];
    const stop = hearing.add((message) => {
      seen.push(message.topic);
      message.topic = 'changed';
      return false;
    });
    hearing.add((message) => seen.push(message.topic) > 0);
    expect(await hearing.tell({ topic: 'connect' })).toBe(true);
    expect(seen).toEqual(['connect', 'connect']);
    stop();
    await hearing.tell({ topic: 'connect' });
    expect(seen).toHaveLength(3);
  });
});
