/** So many messages a second over some pairs, and how long each took to arrive. */
import type { Figures } from '../harness/contender.js';
import type { RelayPair } from './pairs/relay-pair.js';

export interface RateOrder {
  readonly perSecond: number;
  readonly messages: number;
}

const TICK_MS = 1;

/** Messages are due evenly; what a late timer has missed leaves at once, and its delay counts from when it was due. */
export async function runAtRate(pairs: readonly RelayPair[], { perSecond, messages }: RateOrder): Promise<Figures> {
  const delaysMs: number[] = [];
  /** By pair, when its messages on their way were due: they arrive in order. */
  const dueMs: number[][] = pairs.map(() => []);
  let stops: (() => void)[] = [];
  await new Promise<void>((resolve) => {
    stops = pairs.map((pair, index) =>
      pair.take(
        () => {},
        () => {
          delaysMs.push(performance.now() - (dueMs[index]?.shift() ?? Number.NaN));
          if (delaysMs.length === messages) resolve();
        },
      ),
    );
    const startMs = performance.now();
    let sent = 0;
    const timer = setInterval(() => {
      const due = Math.min(messages, ((performance.now() - startMs) * perSecond) / 1_000);
      for (; sent < due; sent += 1) {
        const at = sent % pairs.length;
        dueMs[at]?.push(startMs + (sent * 1_000) / perSecond);
        pairs[at]?.send(sent + 1);
      }
      if (sent >= messages) clearInterval(timer);
    }, TICK_MS);
  });
  for (const stop of stops) stop();
  delaysMs.sort((left, right) => left - right);
  const at = (share: number): number => delaysMs[Math.ceil(share * delaysMs.length) - 1] ?? Number.NaN;
  return { p50Ms: at(0.5), p99Ms: at(0.99) };
}
