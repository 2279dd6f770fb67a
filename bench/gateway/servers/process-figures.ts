/** What a server says of its own process. */

/** `memory` is the resident set after a collection, in bytes. */
export const processFigures = {
  cpu: () => process.cpuUsage(),
  memory: (): number => {
    globalThis.gc?.();
    return process.memoryUsage.rss();
  },
};
