import { describe, expect, it } from 'vitest';
import { count } from '../../scripts/closing-line.mjs';

describe('the closing line', () => {
  it('counts the tests that passed and failed', () => {
    const testResults = [file('passed', ['passed', 'skipped']), file('failed', ['passed', 'failed', 'failed'])];
    expect(count({ numPassedTests: 2, numFailedTests: 2, testResults })).toEqual({ passed: 2, failed: 2 });
  });

  it('counts a file that broke outside its tests as one failure', () => {
    const testResults = [file('failed', []), file('failed', ['passed'])];
    expect(count({ numPassedTests: 1, numFailedTests: 0, testResults })).toEqual({ passed: 1, failed: 2 });
  });
});

function file(status: string, assertions: readonly string[]) {
  return { status, assertionResults: assertions.map((assertion) => ({ status: assertion })) };
}
