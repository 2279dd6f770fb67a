import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { count, countAll } from '../../scripts/closing-line.mjs';

describe('the closing line', () => {
  it('counts the tests that passed and failed', () => {
    const testResults = [file('passed', ['passed', 'skipped']), file('failed', ['passed', 'failed', 'failed'])];
    expect(count({ numPassedTests: 2, numFailedTests: 2, testResults })).toEqual({ passed: 2, failed: 2 });
  });

  it('counts a file that broke outside its tests as one failure', () => {
    const testResults = [file('failed', []), file('failed', ['passed'])];
    expect(count({ numPassedTests: 1, numFailedTests: 0, testResults })).toEqual({ passed: 1, failed: 2 });
  });

  it('adds up all summaries, and counts one that is missing as a failure', () => {
    const folder = mkdtempSync(join(tmpdir(), 'tandem-summaries-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const [first = '', second = '', missing = ''] = ['first', 'second', 'missing'].map((name) => join(folder, name));
    writeFileSync(first, JSON.stringify({ numPassedTests: 2, numFailedTests: 1, testResults: [] }));
    writeFileSync(second, JSON.stringify({ numPassedTests: 3, numFailedTests: 0, testResults: [] }));
    expect(countAll([first, second])).toEqual({ passed: 5, failed: 1 });
    expect(countAll([second, missing])).toEqual({ passed: 3, failed: 1 });
  });
});

function file(status: string, assertions: readonly string[]) {
  return { status, assertionResults: assertions.map((assertion) => ({ status: assertion })) };
}
