import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { entityWords, linkSlugOf, SLUG, slugOf } from '../../src/hub/slug.js';
import { createTopics } from '../../src/hub/topics.js';

const anyText = fc.string({ unit: 'binary', maxLength: 300 });

describe('slugs', () => {
  it('are safe as a level of a topic, whatever they are made of', () => {
    fc.assert(
      fc.property(anyText, anyText, (some, other) => {
        expect(slugOf(some)).toMatch(SLUG);
        expect(linkSlugOf(some, other, [other, some, ''])).toMatch(SLUG);
        expect(entityWords(some, other)).toMatch(/^[a-z0-9_]*$/);
      }),
    );
  });

  it('differ for texts that differ', () => {
    fc.assert(
      fc.property(anyText, anyText, (some, other) => {
        fc.pre(some !== other);
        expect(slugOf(some)).not.toBe(slugOf(other));
        expect(linkSlugOf(some, 'x', [])).not.toBe(linkSlugOf(other, 'x', []));
        expect(linkSlugOf('x', some, [])).not.toBe(linkSlugOf('x', other, []));
      }),
    );
  });

  it('keep names that are slugs, and what can be read of others', () => {
    expect(slugOf('kitchen')).toBe('kitchen');
    expect(slugOf('\u{10ffff}')).toMatch(/^hub-[0-9a-f]{10}$/);
    expect(linkSlugOf('a/b', 'c+d', [])).toMatch(/^a-b-c-d-[0-9a-f]{10}$/);
    expect(linkSlugOf('phone', 'Haustür', [])).toMatch(/^phone-haustur-[0-9a-f]{10}$/);
  });

  it.each([
    ['Küche unten', 'kuche-unten'],
    ['Ku\u0308che', 'kuche'],
    ['Straße', 'strasse'],
    ['Køkken', 'kokken'],
    ['Łazienka', 'lazienka'],
    ['Œuvre à l’étage', 'oeuvre-a-l-etage'],
    ['Кухня', 'kukhnya'],
    ['Κουζίνα', 'koyzina'],
    ['台所', 'taisuo'],
    ['İstanbul', 'istanbul'],
  ])('writes %s in Latin letters: %s', (name, words) => {
    expect(slugOf(name)).toMatch(new RegExp(`^${words}-[0-9a-f]{10}$`));
    expect(entityWords(name)).toBe(words.replaceAll('-', '_'));
  });
});

describe('topics', () => {
  it('read only what is addressed to this hub', () => {
    const topics = createTopics('tandem', 'kitchen');
    expect(topics.read('tandem/kitchen/link/a/set/connect')).toEqual({ type: 'set', link: 'a', verb: 'connect' });
    expect(topics.read('tandem/kitchen/bridge/request/session/list')).toEqual({
      type: 'request',
      verb: 'session/list',
    });
    for (const other of [
      'tandem/attic/link/a/set/connect',
      'tandem/kitchen/link/a/set/connect/x',
      'tandem/kitchen/link/a/state',
      '',
    ]) {
      expect(topics.read(other)).toBeUndefined();
    }
  });
});
