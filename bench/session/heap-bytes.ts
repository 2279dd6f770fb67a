/** The live heap, in bytes, after everything that can go has gone. The process needs --expose-gc. */
export async function heapBytes(): Promise<number> {
  for (let times = 0; times < 3; times += 1) {
    globalThis.gc?.();
    await new Promise((resolve) => setImmediate(resolve));
  }
  if (globalThis.gc === undefined) throw new Error('start node with --expose-gc');
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
