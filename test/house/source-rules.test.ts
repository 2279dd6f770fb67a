import { describe, expect, it } from 'vitest';
import { checkSource } from '../../scripts/source-rules.mjs';

describe('source rules', () => {
  it('refuse a file beyond 250 lines, and take one of 250', () => {
    expect(check('x();\n'.repeat(251))).toEqual(['a.ts: 251 lines, at most 250']);
    expect(check('x();\n'.repeat(250))).toEqual([]);
  });

  it('refuse a function beyond 40 lines, and take one of 40', () => {
    expect(check(functionOf(41))).toEqual(['a.ts:1: a function of 41 lines']);
    expect(check(functionOf(40))).toEqual([]);
  });

  it('take a long function in a test, which may hold a table', () => {
    expect(checkSource([{ path: 'a.test.ts', text: functionOf(41) }])).toEqual([]);
  });

  it('count the functions within a function for themselves', () => {
    const inner = functionOf(39);
    expect(check(`function outer() {\n${inner}\n${inner}\n}`)).toEqual([]);
    expect(check(`function outer() {\n${functionOf(41)}\n}`)).toEqual(['a.ts:2: a function of 41 lines']);
  });

  it.each([
    ['a cast', 'const a = b as Thing;', '`as`'],
    ['a cast in the middle of a line', 'call(b as Thing, 1);', '`as`'],
    ['a non-null assertion', 'call(b!);', '`!`'],
    ['a definite assignment', 'let a!: string;', '`!`'],
    ['a silenced error', '// @ts-expect-error\ncall();', '@ts-expect-error'],
    ['an ignored line', '// @ts-ignore\ncall();', '@ts-ignore'],
  ])('refuse %s that gives no reason', (_, text, what) => {
    expect(check(text)).toEqual([`a.ts:1: ${what} without a reason on its line`]);
  });

  it.each([
    ['a cast', 'const a = b as Thing; // checked by the schema above'],
    ['a non-null assertion', 'call(b!); // never empty: see the guard'],
    ['a silenced error', '// @ts-expect-error the caller is JavaScript\ncall();'],
    ['a cast over two lines', 'const a = call(\n  b,\n) as Thing; // checked by the schema above'],
  ])('take %s that gives its reason', (_, text) => {
    expect(check(text)).toEqual([]);
  });

  it('take `as const`, renamed imports and the types of a machine, which claim nothing', () => {
    expect(check("import { a as b } from 'c';\nconst d = [b] as const;")).toEqual([]);
    expect(check('setup({ types: { context: {} as Context } });')).toEqual([]);
    expect(check('setup({ other: { context: {} as Context } });')).toHaveLength(1);
  });
});

function check(text: string): string[] {
  return checkSource([{ path: 'a.ts', text }]);
}

function functionOf(lines: number): string {
  return `function long() {\n${'  x();\n'.repeat(lines - 2)}}`;
}
