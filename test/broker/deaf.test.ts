import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { CREDIT_WINDOW_BYTES, MESSAGE_COST_BYTES } from '../../src/protocol/limits.js';

const run = promisify(execFile);
const SESSIONS = 64;
/** Of a process, whatever it does. */
const NOISE_BYTES = 32 * 1_024 * 1_024;
/** What waits, with all that is around it: an empty text counts as 64 bytes, and takes three times as much. */
const MOST_PER_CREDIT = 4;

interface Outcome {
  readonly acknowledged: number;
  readonly unheardBytes: number;
  readonly bytesReceived: number;
  readonly grownBytes: number;
}

describe('a device whose app listens to none of its sessions', () => {
  it.each([
    ['text', 1_024, 5_000],
    ['text', 0, 20_000],
    ['data', 20_000, 500],
    ['data', 1_000_000, 5],
  ])(
    'takes a window of %s of %i bytes for each of them, and no more memory',
    async (kind, bytes, most) => {
      const args = [kind, SESSIONS, bytes, most].map(String);
      const { stdout } = await run(process.execPath, ['--expose-gc', 'test/broker/deaf-program.mjs', ...args]);
      const outcome: Outcome = JSON.parse(stdout);
      const window = SESSIONS * CREDIT_WINDOW_BYTES;
      expect(outcome.bytesReceived).toBeLessThanOrEqual(window);
      expect(outcome.acknowledged).toBeLessThanOrEqual(window / (bytes + MESSAGE_COST_BYTES));
      if (bytes < CREDIT_WINDOW_BYTES) expect(outcome.unheardBytes).toBeGreaterThan(window / 2);
      // The sender keeps the one message of each session that waits.
      expect(outcome.grownBytes).toBeLessThan(MOST_PER_CREDIT * window + SESSIONS * bytes + NOISE_BYTES);
    },
    120_000,
  );
});
