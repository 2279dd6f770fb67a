/** Shows lines that change in place. Source of the sequences: ECMA-48, section 8.3, and DECAWM of the VT100. */

export interface Terminal {
  write(text: string): unknown;
  /** Undefined or 0 where the terminal does not say. */
  readonly rows?: number | undefined;
}

/** What `redraw` of Io does. Lines that are too long, or too many, are cut: what scrolls away could not be redrawn. */
export function createRedraw(terminal: Terminal): (lines: readonly string[]) => void {
  let drawn = 0;
  return (lines) => {
    const shown = cut(lines, (terminal.rows || FALLBACK_ROWS) - 1);
    const back = drawn === 0 ? '' : `\u001b[${drawn}A`;
    const text = shown.map((line) => `${line}${CLEAR_LINE}\n`).join('');
    terminal.write(`${WRAP_OFF}${back}${text}${CLEAR_BELOW}${WRAP_ON}`);
    drawn = shown.length;
  };
}

const FALLBACK_ROWS = 24;
const CLEAR_LINE = '\u001b[K';
const CLEAR_BELOW = '\u001b[J';
const WRAP_OFF = '\u001b[?7l';
const WRAP_ON = '\u001b[?7h';

/** At most `most` lines; the last then says how many are not shown. */
function cut(lines: readonly string[], most: number): readonly string[] {
  if (lines.length <= most) return lines;
  const kept = lines.slice(0, most - 1);
  return [...kept, `… and ${lines.length - kept.length} more`];
}
