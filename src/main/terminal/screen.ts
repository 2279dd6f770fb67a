/** Lines that change in place on a terminal: a table that is watched, the progress of a transfer. */
import { createLogUpdate } from 'log-update';
import sliceAnsi from 'slice-ansi';

export interface TerminalStream {
  write(text: string): boolean;
  /** Undefined or 0 where the terminal does not say. */
  readonly columns?: number | undefined;
  readonly rows?: number | undefined;
}

export interface Screen {
  /** Shows lines in place of those shown last; without any, nothing is left of them. */
  show(lines: readonly string[]): void;
  /** Writes something else to the same terminal: what is shown goes on below it. */
  beside(write: () => void): void;
}

/** Lines that are too long, or too many, are cut: what wraps or scrolls away could not be shown in place. */
export function createScreen(stream: TerminalStream): Screen {
  const terminal = {
    isTTY: true,
    write: (text: string) => stream.write(text),
    get columns() {
      return stream.columns || FALLBACK_COLUMNS;
    },
    get rows() {
      return stream.rows || FALLBACK_ROWS;
    },
  };
  // A program that is killed leaves the terminal with its cursor.
  const update = createLogUpdate(terminal as unknown as NodeJS.WriteStream, { showCursor: true }); // it uses these four
  let shown: readonly string[] = [];

  function show(lines: readonly string[]): void {
    shown = lines;
    if (lines.length === 0) update.clear();
    else update(cutToFit(lines, terminal).join('\n'));
  }

  return {
    show,
    beside(write) {
      const kept = shown;
      if (kept.length > 0) update.clear();
      write();
      if (kept.length > 0) show(kept);
    },
  };
}

const FALLBACK_COLUMNS = 80;
const FALLBACK_ROWS = 24;

interface Size {
  readonly columns: number;
  readonly rows: number;
}

/** One row stays free for the cursor. The last line says how many are not shown. */
function cutToFit(lines: readonly string[], { columns, rows }: Size): readonly string[] {
  const most = Math.max(1, rows - 1);
  const kept = lines.length <= most ? lines : [...lines.slice(0, most - 1), `… and ${lines.length - most + 1} more`];
  return kept.map((line) => sliceAnsi(line, 0, columns));
}
