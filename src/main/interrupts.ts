/** What asks the program to end: Ctrl+C, or whoever supervises it. */
import type { Clock } from '../transport/clock.js';

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;
type Interrupt = (typeof SIGNALS)[number];

/** The part of a process that is used. */
export interface SignalSource {
  on(name: Interrupt, listener: (name: Interrupt) => void): unknown;
  off(name: Interrupt, listener: (name: Interrupt) => void): unknown;
}

/** Signals this close together are one, in milliseconds: npm and npx pass on the Ctrl+C that the terminal gives to all of them. */
const SAME_SIGNAL_MS = 500;

/** Aborted by the first signal. Whoever sends a later one is in a hurry: `raise` meets Node's own handling, which ends the process at once. */
export function watchInterrupts(
  source: SignalSource,
  { now }: Pick<Clock, 'now'>,
  raise: (name: Interrupt) => void,
): AbortSignal {
  const end = new AbortController();
  let firstAt = 0;
  const interrupt = (name: Interrupt): void => {
    if (!end.signal.aborted) {
      firstAt = now();
      end.abort();
    } else if (now() - firstAt >= SAME_SIGNAL_MS) {
      for (const each of SIGNALS) source.off(each, interrupt);
      raise(name);
    }
  };
  for (const name of SIGNALS) source.on(name, interrupt);
  return end.signal;
}
