/** One server process and one that loads it. */
import { startChild } from '../harness/child.js';
import type { Contender, Figures } from '../harness/contender.js';
import type { LoadOrder } from './load.js';

const PAIRS = 50;
const BUSY: LoadOrder = { messagesPerPair: 1_000, inFlight: 16 };
const QUIET: LoadOrder = { messagesPerPair: 600, inFlight: 1 };

/** A round is both loads, one after the other. CPU is the server's, user and system, whole process. */
export function startServer(module: URL, params: unknown, execArgv: readonly string[] = []): () => Promise<Contender> {
  return async () => {
    const server = await startChild(module, params, execArgv);
    const address = await server.call('address');
    const load = await startChild(new URL('./load.js', import.meta.url), { address, pairs: PAIRS });

    async function run(order: LoadOrder): Promise<Figures> {
      const messages = PAIRS * order.messagesPerPair;
      const before = (await server.call('cpu')) as NodeJS.CpuUsage; // the servers are ours
      const wallMs = (await load.call('run', order)) as number; // as above
      const after = (await server.call('cpu')) as NodeJS.CpuUsage; // as above
      const cpuUs = after.user - before.user + after.system - before.system;
      return { cpuUs: cpuUs / messages, perSecond: (messages * 1_000) / wallMs };
    }

    return {
      async round() {
        const busy = await run(BUSY);
        const quiet = await run(QUIET);
        return {
          busyCpuUs: busy['cpuUs'] ?? Number.NaN,
          busyPerSecond: busy['perSecond'] ?? Number.NaN,
          quietCpuUs: quiet['cpuUs'] ?? Number.NaN,
        };
      },
      async close() {
        await load.stop();
        await server.stop();
      },
    };
  };
}
