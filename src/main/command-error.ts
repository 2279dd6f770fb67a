/** What the process answers to whoever started it. docs/cli.md lists the same numbers. */
export const ExitCode = {
  ok: 0,
  failed: 1,
  usage: 2,
  unreachable: 3,
  noRadio: 4,
} as const;
export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];

export interface CommandErrorOptions extends ErrorOptions {
  /** `failed` if not given. */
  readonly exitCode?: ExitCode;
  /** Lines that say what to try next. */
  readonly advice?: readonly string[];
  /** What a program may want to know of it, for --json. */
  readonly facts?: Readonly<Record<string, unknown>>;
}

/** Ends a command with a message for the user, advice and an exit code. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
  readonly exitCode: ExitCode;
  readonly advice: readonly string[];
  readonly facts: Readonly<Record<string, unknown>>;

  constructor(message: string, options: CommandErrorOptions = {}) {
    super(message, options);
    this.exitCode = options.exitCode ?? ExitCode.failed;
    this.advice = options.advice ?? [];
    this.facts = options.facts ?? {};
  }
}

/** The words of whatever was thrown. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
