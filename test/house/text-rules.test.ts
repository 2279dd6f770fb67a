import { describe, expect, it } from 'vitest';
import { checkTexts } from '../../scripts/text-rules.mjs';

const readme = { path: 'README.md', text: '# Tandem\n' };
const decision = {
  path: 'docs/decisions/0001-rooms.md',
  text: '# 1. Rooms\n\n**Status:** accepted\n**Decision:** rooms\n**Why:** order\n**Consequences:** a check\n',
};
const index = { path: 'docs/decisions/README.md', text: '- [Rooms](0001-rooms.md)\n' };

describe('text rules', () => {
  it('find nothing in a sound tree', () => {
    expect(check(decision, index)).toEqual([]);
  });

  it.each(['docs/absent.md', './absent.ts', '../outside.md', '#absent', 'docs/glossary.md#absent'])(
    'refuse a link to %s, which leads nowhere',
    (target) => {
      const glossary = { path: 'docs/glossary.md', text: '# Glossary\n' };
      const findings = checkTexts([{ path: 'README.md', text: `[text](${target})` }, glossary], []);
      expect(findings).toEqual([`README.md: the link to ${target} leads nowhere`]);
    },
  );

  it.each([
    ['a title', '[text](absent.md "A title")'],
    ['a picture', '![text](absent.md)'],
    ['HTML', '<img alt="" src="absent.md">'],
    ['a reference', 'See [text].\n\n[text]: absent.md'],
  ])('refuse a link that leads nowhere also as one with %s', (_, text) => {
    expect(checkTexts([{ path: 'README.md', text }], [])).toEqual(['README.md: the link to absent.md leads nowhere']);
  });

  it('refuse a place that a document names and that is not there, but for the history', () => {
    const code = { path: 'src/main/cli.ts', text: '' };
    const page = { path: 'docs/page.md', text: 'See `src/main`, `src/main/cli.ts`, `src/absent.ts`, `dist/main`.' };
    const history = { path: 'CHANGELOG.md', text: '`src/absent.ts` is gone.' };
    expect(check(page, code, history)).toEqual(['docs/page.md: src/absent.ts is named, and is not there']);
  });

  it('refuse links of the package to what is not packed', () => {
    const manifest = { path: 'package.json', text: '{"files":["docs"]}' };
    const page = { path: 'docs/page.md', text: '[a](../test/page.ts) [b](../README.md) [c](images)' };
    const rest = [{ path: 'test/page.ts', text: '' }, { path: 'docs/images/a.png', text: '' }, readme];
    expect(checkTexts([manifest, page, ...rest], [])).toEqual([
      'docs/page.md: the link to ../test/page.ts leads nowhere in the package',
    ]);
  });

  it('take links to files, folders, headings and other sites, and what looks like a link in code', () => {
    const page = {
      path: 'docs/page.md',
      text: '# A page: why?\n[a](../README.md) [b](decisions) [c](#a-page-why) [d](https://example.org) `[e](f)`\n```\n[g](h)\n```\n',
    };
    expect(check(page, decision, index)).toEqual([]);
  });

  it('refuse a README beyond 120 lines, and a tree without one', () => {
    expect(checkTexts([{ path: 'README.md', text: 'x\n'.repeat(121) }], [])).toEqual([
      'README.md: 121 lines, at most 120',
    ]);
    expect(checkTexts([], [])).toEqual(['README.md is missing']);
  });

  it('refuse a decision that is too long, incomplete, not in the index or numbered twice', () => {
    const long = { ...decision, text: `${decision.text}${'x\n'.repeat(10)}` };
    expect(check(long, index)).toEqual([`${decision.path}: 16 lines, at most 15`]);
    const incomplete = { ...decision, text: decision.text.replace('Why', 'Because') };
    expect(check(incomplete, index)).toEqual([`${decision.path}: has no line about why`]);
    expect(check(decision)).toEqual([`${decision.path}: is not in docs/decisions/README.md`]);
    const twin = { ...decision, path: 'docs/decisions/0001-twin.md' };
    const both = { ...index, text: `${index.text}- [Twin](0001-twin.md)\n` };
    expect(check(decision, twin, both)).toEqual([`${twin.path}: the number is taken`]);
  });

  it('refuse a path of this machine', () => {
    const script = { path: 'bench/run.ts', text: "open('/srv/ada/tandem/dist/cli.js');" };
    expect(checkTexts([readme, script], ['/srv/ada/tandem'])).toEqual([
      'bench/run.ts:1: /srv/ada/tandem exists on one machine only',
    ]);
  });

  it('refuse a registry in the lock file', () => {
    const lock = { path: 'package-lock.json', text: '{ "resolved": "https://registry.example/a.tgz" }' };
    expect(check(lock)).toEqual(['package-lock.json: https://registry.example/a.tgz names a registry']);
    expect(check({ ...lock, text: '{ "resolved": "packages/a", "link": true }' })).toEqual([]);
  });
});

function check(...files: readonly { readonly path: string; readonly text: string }[]): string[] {
  return checkTexts([readme, ...files], []);
}
