import { describe, expect, it } from 'vitest';
import { explore, type Model, type Move } from './explore.js';

/** A counter up to three that may go back to zero. */
function counter(isInternal: boolean, check: (at: number) => void = () => {}): Model<number> {
  const up = (at: number): Move<number>[] => (at < 3 ? [{ label: `up to ${at + 1}`, isInternal, to: at + 1 }] : []);
  return {
    initial: 0,
    key: String,
    moves: (at) => [...up(at), { label: 'back', isInternal, to: 0 }],
    check,
  };
}

describe('an exploration', () => {
  it('visits every state once and follows every move', () => {
    const visited: number[] = [];
    expect(explore(counter(false, (at) => visited.push(at)))).toEqual({ states: 4, transitions: 7 });
    expect(visited).toEqual([0, 1, 2, 3]);
  });

  it('tells the shortest way to a broken law', () => {
    const noThree = counter(false, (at) => {
      if (at === 3) throw new Error('three is too much');
    });
    expect(() => explore(noThree)).toThrow('three is too much\nafter: up to 1, up to 2, up to 3\n');
  });

  it('refuses moves that happen by themselves and go round in circles', () => {
    expect(() => explore(counter(true))).toThrow('round in circles');
  });

  it('refuses a model without bounds', () => {
    const endless: Model<number> = {
      initial: 0,
      key: String,
      moves: (at) => [{ label: 'on', isInternal: true, to: at + 1 }],
      check: () => {},
    };
    expect(() => explore(endless, 100)).toThrow('more than 100 states');
  });
});
