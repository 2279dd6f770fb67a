/** What a command may touch of the world outside: the process gives the real one, tests give their own. */
export interface Io {
  /** Writes one line of result. */
  out(line: string): void;
  /** Writes one line about what went wrong or what to know. */
  err(line: string): void;
  /** Shows lines in place of those it showed last; only where results go to a terminal. */
  readonly redraw?: (lines: readonly string[]) => void;
  /** Whether people read what `err` writes as it comes. */
  readonly isTerminal?: boolean;
  /** Calls back whenever the process is told to read its files again (SIGHUP). Returns how to stop. */
  onReload?(listener: () => void): () => void;
  /** Everything on standard input, as text. */
  readInput(): Promise<string>;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Aborted when the user asks the process to end. */
  readonly signal: AbortSignal;
}
