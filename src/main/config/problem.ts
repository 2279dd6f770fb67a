/** What is wrong with the configuration, and where. */
export interface Problem {
  /** `file:line:column`, a variable of the environment, or an option of the command line. */
  readonly place: string;
  readonly message: string;
}

/** One line, as compilers write theirs, so that editors can jump to the place. */
export function formatProblem({ place, message }: Problem): string {
  return `${place}: ${message}`;
}
