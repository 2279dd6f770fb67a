/** Shows how much of data has left, while it is sent in one piece. */
import type { TandemClient } from '../client/interface.js';
import type { Io } from './terminal/io.js';
import { type Progress, showProgress } from './transfer/progress.js';

/** How often the gateway is asked, in milliseconds. */
const ASK_EVERY_MS = 250;

/** Asks until it is ended. A token that may not look shows no progress. */
export function watchSending(
  client: TandemClient,
  sessionId: number,
  totalBytes: number,
  io: Io,
): Pick<Progress, 'end'> | undefined {
  if (io.isTerminal !== true) return undefined;
  const progress = showProgress(io, { name: 'data', totalBytes });
  let timer: NodeJS.Timeout | undefined;
  let isEnded = false;

  async function ask(): Promise<void> {
    const { counters } = await client.traceSession(sessionId);
    if (isEnded) return;
    progress.update(Math.min(counters.bytesSent, totalBytes));
    timer = setTimeout(look, ASK_EVERY_MS).unref();
  }

  function look(): void {
    ask().catch(() => progress.end());
  }

  look();
  return {
    end() {
      isEnded = true;
      clearTimeout(timer);
      progress.end();
    },
  };
}
