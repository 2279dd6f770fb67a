import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const order = linksOf('docs/README.md');
const pages = readdirSync('docs').filter((name) => name.endsWith('.md') && name !== 'README.md');

describe('docs/README.md', () => {
  it('has every page once, and the decisions', () => {
    const listed = order.filter((target) => /^[\w-]+\.md$/.test(target));
    expect([...listed].sort()).toEqual([...pages].sort());
    expect(order).toContain('decisions/README.md');
  });

  it('begins with the tutorial, and is where the README sends everybody', () => {
    expect(order[0]).toBe('tutorial.md');
    expect(linksOf('README.md')).toEqual(expect.arrayContaining(['docs/README.md', 'docs/tutorial.md']));
  });

  it('is what the README says for each reader: its links are of the same list, in its order', () => {
    const [, next = ''] = readFileSync('README.md', 'utf8').split('\n## Read next\n');
    const lists = readFileSync('docs/README.md', 'utf8').split('\n## ').slice(1);
    const readers = (next.split('\n## ')[0] ?? '').split('\n').filter((line) => line.startsWith('- '));
    expect(readers).toHaveLength(lists.length + 1);
    lists.forEach((list, index) => {
      const named = targetsIn(readers[index + 1] ?? '').map((target) => target.replace(/^docs\//, ''));
      const listed = targetsIn(list).map((target) => target.replace(/^\.\.\//, ''));
      expect(named.length).toBeGreaterThan(1);
      expect(listed).toEqual(expect.arrayContaining(named));
    });
  });
});

function linksOf(path: string): string[] {
  return targetsIn(readFileSync(path, 'utf8'));
}

function targetsIn(text: string): string[] {
  return [...text.matchAll(/\]\(([^)\s#]+)(?:#[^)]*)?\)/g)].map(([, target = '']) => target);
}
