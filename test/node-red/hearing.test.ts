import { describe, expect, it } from 'vitest';
import { createHearing } from '../../packages/node-red-contrib-tandem/lib/hearing.mjs';

describe('what peers say while a flow is deployed', () => {
  it('is kept, in order, for the nodes that come', async () => {
    const hearing = createHearing();
    const told = Promise.all([hearing.tell({ payload: 1 }), hearing.tell({ payload: 2 })]);
    const heard: unknown[] = [];
    hearing.add(({ payload }) => heard.push(payload) > 0);
    hearing.release();
    expect(await told).toEqual([true, true]);
    expect(heard).toEqual([1, 2]);
  });

  it('is bounded: a request that finds no room is refused', async () => {
    const hearing = createHearing();
    const told = Array.from({ length: 257 }, (_, payload) => hearing.tell({ payload }));
    expect(await told[256]).toBe(false);
    const heard: unknown[] = [];
    hearing.add(({ payload }) => heard.push(payload) > 0);
    hearing.release();
    expect(new Set(await Promise.all(told.slice(0, 256)))).toEqual(new Set([true]));
    expect(heard).toHaveLength(256);
  });

  it('of sessions is listened to only while there are nodes, and no more once that is stopped', () => {
    const hearing = createHearing();
    const steps: string[] = [];
    const listening = (name: string) => ({ begin: () => steps.push(`+${name}`), end: () => steps.push(`-${name}`) });
    const stop = hearing.listenWith(listening('a'));
    expect(steps).toEqual([]);
    hearing.release();
    hearing.listenWith(listening('b'));
    hearing.hold();
    hearing.hold();
    stop();
    hearing.release();
    expect(steps).toEqual(['+a', '+b', '-a', '-b', '+b']);
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
