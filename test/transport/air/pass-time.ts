/** Virtual time for tests of the air. */
import type { Air } from '../../../src/transport/air/air.js';
import type { VirtualTime } from '../../../src/transport/air/virtual-time.js';

/** Everything that is due until then takes place. */
export function passTime({ clock, run }: VirtualTime, air: Air, durationMs: number): Promise<void> {
  const isOver = new Promise<void>((resolve) => void clock.setTimeout(resolve, durationMs));
  return run(isOver, air.trace$);
}
