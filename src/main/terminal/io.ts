/** What a command may touch of the world outside. */
import type { ExitCode } from '../command-error.js';
import { type Line, renderLine } from './line.js';

/** What the process gives, and tests give instead: text is written as it is. */
export interface Terminal {
  /** Writes one line of result. */
  out(text: string): void;
  /** Writes one line about what went wrong or what to know. */
  err(text: string): void;
  /** Writes a result that is no line: a document, bytes. Resolves once more may follow; rejects when nobody reads it any more. */
  write(chunk: string | Uint8Array): Promise<void>;
  /** Shows lines of result in place of those shown last; only where results go to a terminal. */
  readonly redraw?: (texts: readonly string[]) => void;
  /** Shows one line beside the results, in place of the one shown last, or nothing any more; only where people read it as it comes. */
  readonly status?: (text: string | undefined) => void;
  /** Whether people read what `err` writes as it comes. */
  readonly isTerminal?: boolean;
  /** Whether results go to a terminal, where bytes that others chose must not. */
  readonly isOutTerminal?: boolean;
  /** How wide a line may be, where that is known. */
  readonly columns?: number;
  /** Asks whoever sits there; only where somebody can answer. Without an answer it is no. */
  readonly ask?: (question: string) => Promise<boolean>;
  /** Calls back whenever the process is told to read its files again (SIGHUP). Returns how to stop. */
  onReload?(listener: () => void): () => void;
  /** Standard input, once. */
  readInput(): AsyncIterable<Uint8Array>;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Aborted when the user asks the process to end. */
  readonly signal: AbortSignal;
}

/** The same for commands: whatever is written as a line is made safe for a terminal here, whoever chose its words. */
export interface Io extends Omit<Terminal, 'out' | 'err' | 'redraw' | 'status' | 'ask'> {
  out(line: Line): void;
  err(line: Line): void;
  /** Writes a value as one line of JSON. */
  json(value: unknown): void;
  readonly redraw?: (lines: readonly Line[]) => void;
  /** Does nothing where nobody reads it. */
  status(line: Line | undefined): void;
  readonly ask?: (question: string) => Promise<boolean>;
  /** What the process is to end with where nothing is thrown: `ok` if this is never called. */
  exitWith(code: ExitCode): void;
}

export function createIo(terminal: Terminal, exitWith: (code: ExitCode) => void): Io {
  const { redraw, status, ask, ...rest } = terminal;
  const mayColour = (rest.env['NO_COLOR'] ?? '') === '';
  const out = (line: Line): void => terminal.out(renderLine(line, mayColour && redraw !== undefined));
  return {
    ...rest,
    out,
    err: (line) => terminal.err(renderLine(line, mayColour && rest.isTerminal === true)),
    json: (value) => out(JSON.stringify(value)),
    status: (line) => status?.(line === undefined ? undefined : renderLine(line, mayColour)),
    ...(redraw !== undefined && {
      redraw: (lines: readonly Line[]) => redraw(lines.map((line) => renderLine(line, mayColour))),
    }),
    ...(ask !== undefined && { ask: (question: string) => ask(renderLine(question, false)) }),
    exitWith,
  };
}
