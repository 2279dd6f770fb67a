/** Runs probes so that none can fail the others or keep them waiting. */
import { reasonOf } from '../command-error.js';
import type { Probed } from './facts.js';

/** How long one look at the machine may take, in milliseconds: all are reads of small files, but the machine may be busy. */
const PROBE_LIMIT_MS = 10_000;

/** Never rejects. What is late is not waited for. */
export function probe<Value>(look: () => Promise<Value>, limitMs = PROBE_LIMIT_MS): Promise<Probed<Value>> {
  return new Promise((resolve) => {
    const late = `it took more than ${limitMs} ms`;
    const timer = setTimeout(() => resolve({ type: 'unknown', reason: late }), limitMs);
    Promise.resolve()
      .then(look)
      .then(
        (value) => resolve({ type: 'known', value }),
        (error: unknown) => resolve({ type: 'unknown', reason: reasonOf(error) }),
      )
      .finally(() => clearTimeout(timer));
  });
}
