import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { SESSION_STATES } from '../../src/protocol/codes.js';

const rows = [...readFileSync('docs/glossary.md', 'utf8').matchAll(/^\| ([^|]+) \| ([^|]*) \|$/gm)]
  .map(([, word = '', meaning = '']) => ({ word: word.trim(), meaning: meaning.trim() }))
  .filter(({ word }) => word !== 'word');
const words = rows.map(({ word }) => word);

describe('the glossary', () => {
  it('explains each word once', () => {
    expect(words.filter((word, index) => words.indexOf(word) !== index)).toEqual([]);
    expect(rows.filter(({ meaning }) => meaning === '')).toEqual([]);
    expect(words.length).toBeGreaterThan(50);
  });

  it('explains every room', () => {
    const rooms = readdirSync('src', { withFileTypes: true }).filter((entry) => entry.isDirectory());
    expect(words).toEqual(expect.arrayContaining(rooms.map(({ name }) => name)));
  });

  it('explains every state of a session', () => {
    expect(words).toEqual(expect.arrayContaining([...SESSION_STATES]));
  });

  it('explains the things that every document speaks of', () => {
    const things = [
      'device',
      'account',
      'app',
      'session',
      'peer',
      'link',
      'transport',
      'air',
      'gateway',
      'frame',
      'token',
    ];
    expect(words).toEqual(expect.arrayContaining(things));
  });

  it('explains the only short forms that names may use', () => {
    expect(words).toEqual(expect.arrayContaining(['BLE', 'MTU', 'GATT', 'UUID', 'RPC', 'ID']));
  });
});
