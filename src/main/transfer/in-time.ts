/** Rejects with `late()` when `work` takes longer. The timer alone does not keep the process: without a connection nothing can come any more. */
export async function inTime<Value>(work: Promise<Value>, waitMs: number, late: () => Error): Promise<Value> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(late()), waitMs).unref();
  });
  return Promise.race([work, tooLate]).finally(() => clearTimeout(timer));
}
