/** Tells every check in a line, in the Test Anything Protocol; scripts/kernel/checks.mjs reads it. */
import { setTimeout as pause } from 'node:timers/promises';
import { inspect } from 'node:util';

/** How long one check may take, on a machine that is interpreted and busy. */
const CHECK_LIMIT_MS = 90_000;

/** `name` is a sentence about behaviour. Gives what `run` gives, and rejects as it does: what follows builds on it. */
export type MakeCheck = <Result>(name: string, run: () => Promise<Result>) => Promise<Result>;

/** Says how many checks will be made, so that a guest that ends early is found out. */
export function planChecks(count: number): MakeCheck {
  say(`1..${count}`);
  let made = 0;
  return async (name, run) => {
    made += 1;
    const startedAt = performance.now();
    try {
      const result = await withinLimit(run);
      say(`ok ${made} - ${name}`);
      say(`# after ${Math.round(performance.now() - startedAt)} ms`);
      return result;
    } catch (error) {
      say(`not ok ${made} - ${name}`);
      for (const line of inspect(error).split('\n')) say(`# ${line}`);
      throw error;
    }
  };
}

/** One line on the console, which is also the log of everything else. */
export function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

async function withinLimit<Result>(run: () => Promise<Result>): Promise<Result> {
  const limit = new AbortController();
  try {
    return await Promise.race([run(), tooLate(limit.signal)]);
  } finally {
    limit.abort();
  }
}

async function tooLate(signal: AbortSignal): Promise<never> {
  await pause(CHECK_LIMIT_MS, undefined, { signal });
  throw new Error(`not done after ${CHECK_LIMIT_MS} ms`);
}
