import { describe, expect, it } from 'vitest';
import { findSuggestion } from '../../src/main/suggestion.js';

const COMMANDS = ['start', 'devices', 'sessions', 'send', 'account'];

describe('suggestion', () => {
  it.each([
    ['strat', 'start', 'two neighbours swapped'],
    ['device', 'devices', 'a letter missing'],
    ['sendd', 'send', 'a letter too many'],
    ['acconut', 'account', 'two neighbours swapped in a longer word'],
  ])('takes %s for %s: %s', (word, meant) => {
    expect(findSuggestion(word, COMMANDS)).toBe(meant);
  });

  it('suggests nothing when no candidate is near', () => {
    expect(findSuggestion('frobnicate', COMMANDS)).toBeUndefined();
    expect(findSuggestion('x', COMMANDS)).toBeUndefined();
  });

  it('prefers the nearest of several', () => {
    expect(findSuggestion('sesion', ['section', 'session'])).toBe('session');
  });
});
