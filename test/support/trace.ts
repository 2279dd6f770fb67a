/** What passed on an air, told when a test fails. */
import { onTestFailed, onTestFinished } from 'vitest';
import type { Air } from '../../src/transport/air/air.js';
import { describeHci } from '../../src/transport/air/hci-text.js';

const KEPT_LINES = 200;

/** Prints the last packets of the air if the test that runs now fails. */
export function traceOnFailure(air: Air, keptLines = KEPT_LINES): void {
  const lines = keepLines(air, keptLines);
  onTestFailed(({ task }) => {
    process.stderr.write(`The air in "${task.name}", last ${lines().length} packets:\n${lines().join('\n')}\n`);
  });
}

/** The last lines of an air, oldest first; they are written only when they are asked for. */
export function keepLines(air: Air, keptLines: number): () => readonly string[] {
  const records: Parameters<typeof describeHci>[0][] = [];
  const subscription = air.trace$.subscribe((record) => {
    records.push(record);
    if (records.length > keptLines) records.shift();
  });
  onTestFinished(() => subscription.unsubscribe());
  return () => records.map(describeHci);
}
