/** Lines for people: text that is made safe where it is written, and colours that only Tandem chooses. */
import { styleText } from 'node:util';
import { printable } from './printable.js';

export type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'blue' | 'magenta' | 'cyan';

export interface Span {
  readonly text: string;
  readonly style: Style;
}

/** Text, or parts of it with a look of their own. */
export type Line = string | readonly (string | Span)[];

/** What a terminal may be given of a line. */
export function renderLine(line: Line, hasColour: boolean): string {
  const parts = typeof line === 'string' ? [line] : line;
  return parts.map((part) => renderPart(part, hasColour)).join('');
}

function renderPart(part: string | Span, hasColour: boolean): string {
  if (typeof part === 'string') return printable(part);
  const text = printable(part.text);
  return hasColour && text !== '' ? styleText(part.style, text, { validateStream: false }) : text;
}
