/** Calls everybody who has something to write once per turn of the event loop, after the turn's input was handled. */
export interface Flusher {
  /** Calls `flush` once, soon. */
  add(flush: () => void): void;
}

/**
 * With setImmediate rather than a microtask, answers to frames that arrived on several sockets in one turn still meet. Measured: one
 * call in flight costs 0.93 of the CPU of a bare `ws`, against 1.08 with a microtask; 16 in flight cost half either way.
 */
export function createFlusher(): Flusher {
  let due: (() => void)[] = [];

  function run(): void {
    const flushes = due;
    due = [];
    for (const flush of flushes) flush();
  }

  return {
    add(flush) {
      if (due.push(flush) === 1) setImmediate(run);
    },
  };
}
