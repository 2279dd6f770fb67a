import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { renderLine } from '../../../src/main/terminal/line.js';
import { printable } from '../../../src/main/terminal/printable.js';
import { formatTable } from '../../../src/main/terminal/table.js';
import { STEERING } from './steering.js';

describe('printable text', () => {
  it.each([
    ['\u001b[2J', '\\u001b[2J'],
    ['a\nb\r\tc', 'a\\nb\\r\\tc'],
    ['\u009b31m', '\\u009b31m'],
    ['photo\u202egpj.exe', 'photo\\u202egpj.exe'],
    ['pho\u200bne', 'pho\\u200bne'],
    ['\u{e0041}', '\\udb40\\udc41'],
    ['\ud800', '\\ud800'],
    ['Küche 👩‍👩‍👧 می‌خواهم', 'Küche 👩‍👩‍👧 می‌خواهم'],
  ])('shows %j as %j', (given, shown) => {
    expect(printable(given)).toBe(shown);
  });

  it('steers nothing, whatever it was, and stays as it is the second time', () => {
    const texts = fc.string({
      unit: fc.oneof(
        fc.string({ unit: 'binary', maxLength: 1 }),
        fc.integer({ min: 0, max: 0xe007f }).map((code) => String.fromCodePoint(code)),
      ),
    });
    fc.assert(
      fc.property(texts, (text) => {
        expect(printable(text)).not.toMatch(STEERING);
        expect(printable(printable(text))).toBe(printable(text));
      }),
    );
  });

  it('leaves JSON the same JSON', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(JSON.parse(printable(JSON.stringify(value)))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });
});

describe('a line', () => {
  it('has colours of ours only', () => {
    const line = ['peer: ', { text: 'x\u001b[31my', style: 'cyan' }] as const;
    expect(renderLine(line, true)).toBe('peer: \u001b[36mx\\u001b[31my\u001b[39m');
    expect(renderLine(line, false)).toBe('peer: x\\u001b[31my');
  });
});

describe('a table', () => {
  it('is aligned by what a terminal shows, not by how it is stored', () => {
    expect(
      formatTable(
        ['NAME', 'ID'],
        [
          ['電話', '1'],
          ['e\u0301', '2'],
          ['a\u001bb', '3'],
        ],
      ),
    ).toEqual(['NAME      ID', '電話      1', 'e\u0301         2', 'a\\u001bb  3']);
  });
});
