import { describe, expect, it } from 'vitest';
import { findGaps, readCheck, summarise } from '../../scripts/kernel/checks.mjs';

const CONSOLE = ['Booting from ROM..', '1..2', '# hub: ready', 'ok 1 - it starts', 'not ok 2 - it works', '# because'];

describe('what the kernel test reads from the console of its guest', () => {
  it('finds the checks among everything else', () => {
    expect(CONSOLE.flatMap((line) => readCheck(line) ?? [])).toEqual([
      { name: 'it starts', isPassed: true },
      { name: 'it works', isPassed: false },
    ]);
  });

  it('misses nothing when all planned checks were made', () => {
    expect(findGaps(CONSOLE)).toEqual([]);
  });

  it('notices a guest that ended early', () => {
    expect(findGaps(CONSOLE.slice(0, 4))).toEqual(['2 checks were planned, 1 made']);
  });

  it('notices a guest that never began', () => {
    expect(findGaps(['Booting from ROM..'])).toEqual(['the guest never said how many checks it makes']);
  });

  it('counts checks, and every gap as a failure', () => {
    const checks = CONSOLE.flatMap((line) => readCheck(line) ?? []);
    expect(summarise(checks, ['the guest ended early'])).toMatchObject({ numPassedTests: 1, numFailedTests: 2 });
  });
});
