/**
 * A rate with a burst, as one number: the generic cell rate algorithm in its form of virtual scheduling (ITU-T I.371). Nothing ticks and
 * nothing is made per call; the packages there are answer with a promise or an object each time, which a message in 20 µs would notice.
 */
export interface Bucket {
  /** When all that was taken is paid back, in milliseconds of the gateway's clock. */
  paidAt: number;
}

export function createBucket(): Bucket {
  return { paidAt: Number.NEGATIVE_INFINITY };
}

/** Takes one of `perSecond` with a burst of as many: 0, or in how many milliseconds there will be one. A rate of 0 is none. */
export function take(bucket: Bucket, perSecond: number, nowMs: number): number {
  if (perSecond === 0) return 0;
  const paidAt = Math.max(bucket.paidAt, nowMs) + 1_000 / perSecond;
  const waitMs = paidAt - nowMs - 1_000;
  // A millionth, for sums of fractions that are not exact.
  if (waitMs > 1e-6) return waitMs;
  bucket.paidAt = paidAt;
  return 0;
}
