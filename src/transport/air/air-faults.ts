/** What goes wrong in the air, decided by a seeded generator so that a failing run can be repeated. */
import { createFates, type Faults, noFaults } from '../faults.js';

/** What goes wrong above the link layer, where BLE's own reliability has ended. */
export interface AirFaults {
  /** Share of unacknowledged ATT packets (write commands, notifications) that a host never gets, 0 to 1. */
  readonly loss: number;
  /** Added to every ACL packet, in milliseconds: evenly spread from the first to the second; order is kept. */
  readonly delayMs: readonly [from: number, to: number];
}

/** What becomes of one packet. */
interface AirFate {
  readonly isLost: boolean;
  readonly delayMs: number;
}

const arrives: AirFate = { isLost: false, delayMs: 0 };

/** Throws RangeError for a share outside 0 to 1 and for delays that are not a span. */
export function createAirFaults(options: { readonly seed?: number; readonly faults?: Partial<AirFaults> }): {
  fate(isUnacknowledged: boolean): AirFate;
  set(faults: Partial<AirFaults>): void;
} {
  const fates = createFates(options.seed ?? 1);
  let present = spread(options.faults ?? {});
  return {
    fate: (isUnacknowledged) => {
      if (present === undefined) return arrives;
      const { copies, delayMs } = fates(isUnacknowledged ? present.unacknowledged : present.acknowledged);
      return { isLost: copies === 0, delayMs };
    },
    set: (faults) => {
      present = spread(faults);
    },
  };
}

/** What waits for an answer is late at most: its loss would stall a host for good, which no radio does. */
function spread({
  loss = 0,
  delayMs = [0, 0],
}: Partial<AirFaults>): Record<'acknowledged' | 'unacknowledged', Faults> | undefined {
  const [from, to] = delayMs;
  if (!(loss >= 0 && loss <= 1)) throw new RangeError(`not a share of packets: ${loss}`);
  if (!(from >= 0 && from <= to && to < Number.POSITIVE_INFINITY))
    throw new RangeError(`not a span of delays: ${from} to ${to}`);
  if (loss === 0 && to === 0) return undefined;
  const acknowledged = { ...noFaults, delayMs };
  return { acknowledged, unacknowledged: { ...acknowledged, lossRate: loss } };
}
