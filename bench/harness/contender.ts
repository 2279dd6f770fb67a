/** Something that is measured: does the same work every round and says what it cost. */

/** Named results of one round, each in the unit its name ends with. */
export type Figures = Readonly<Record<string, number>>;

export interface Contender {
  round(): Promise<Figures>;
  close(): Promise<void>;
}

/**
 * Runs `work`, which does `units` pieces of work, and says what one piece cost. CPU is user and system time of the whole process: the
 * collector and the compiler of the engine are part of the price.
 */
export async function measure(units: number, work: () => Promise<void>): Promise<Figures> {
  const cpuBefore = process.cpuUsage();
  const startMs = performance.now();
  await work();
  const wallMs = performance.now() - startMs;
  const { user, system } = process.cpuUsage(cpuBefore);
  const cpuUs = user + system;
  return { cpuUs: cpuUs / units, perCpuSecond: (units * 1e6) / cpuUs, perSecond: (units * 1e3) / wallMs };
}
