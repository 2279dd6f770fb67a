/** One server process and one that loads it. CPU is the server's, user and system, whole process. */
import { type Child, startChild } from '../harness/child.js';
import type { Contender, Figures } from '../harness/contender.js';
import type { RateOrder } from './fixed-rate.js';
import type { LoadOrder, LoadParams } from './load.js';

/** A module in servers/ with its parameters. */
export interface ServerModule {
  readonly name: string;
  readonly params?: unknown;
}

export type Load = Omit<LoadParams, 'address'>;

/** Named loads, one after the other, make a round; their figures are `<name>CpuUs` and `<name>PerSecond`. */
export function relaying(server: ServerModule, load: Load, orders: Readonly<Record<string, LoadOrder>>) {
  return contender(server, './load.js', load, async (child, loader) => {
    const figures: Record<string, number> = {};
    for (const [name, order] of Object.entries(orders)) {
      const messages = load.pairs * order.messagesPerPair;
      let wallMs = Number.NaN;
      const cpuUs = await cpuDuring(child, async () => {
        wallMs = (await loader.call('run', order)) as number; // as load.ts says
      });
      figures[`${name}CpuUs`] = cpuUs / messages;
      figures[`${name}PerSecond`] = (messages * 1_000) / wallMs;
    }
    return figures;
  });
}

/** The figures are `p50Ms` and `p99Ms`. */
export function atRate(server: ServerModule, load: Load, order: RateOrder) {
  return contender(server, './latency.js', load, async (_, loader) => (await loader.call('run', order)) as Figures); // as latency.ts says
}

/** Any other load: `round` is given the server and the process that loads it. */
export function contender(
  { name, params = {} }: ServerModule,
  loadModule: string,
  load: object,
  round: (server: Child, load: Child) => Promise<Figures>,
): () => Promise<Contender> {
  return async () => {
    const server = await startChild(new URL(`./servers/${name}.js`, import.meta.url), params, ['--expose-gc']);
    const address = await server.call('address');
    const loader = await startChild(new URL(loadModule, import.meta.url), { address, ...load });
    return {
      round: () => round(server, loader),
      async close() {
        await loader.stop();
        await server.stop();
      },
    };
  };
}

export async function cpuDuring(server: Child, work: () => Promise<void>): Promise<number> {
  const before = (await server.call('cpu')) as NodeJS.CpuUsage; // as process-figures.ts says
  await work();
  const after = (await server.call('cpu')) as NodeJS.CpuUsage; // as above
  return after.user - before.user + after.system - before.system;
}
