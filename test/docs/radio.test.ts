import { describe, expect, it } from 'vitest';
import { FINDINGS } from '../../src/main/doctor/finding.js';
import { readTables } from './tables.js';

const table = readTables('radio.md').find((rows) => rows.some(([id]) => id === 'radio-missing')) ?? [];

describe('docs/radio.md', () => {
  it('has a row for every note and problem of tandem doctor, with its level, in the order of the code', () => {
    const actual = Object.entries(FINDINGS).filter(([, level]) => level !== 'ok');
    expect(table.map(([id, level]) => [id, level])).toEqual(actual);
  });

  it('says of each what it means and what to do', () => {
    expect(table.filter(([, , meaning = '', advice = '']) => meaning === '' || advice === '')).toEqual([]);
  });
});
