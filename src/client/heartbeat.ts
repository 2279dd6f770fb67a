/** Notices a gateway that fell silent: the network may go without a word, and browsers hide the pings of the WebSocket itself. */
import type { ClientClock } from './clock.js';

export interface Heartbeat {
  /** Something arrived. */
  heard(): void;
  stop(): void;
}

export interface HeartbeatOptions {
  readonly clock: ClientClock;
  readonly intervalMs: number;
  /** Asks for a sign of life; called after an interval in which nothing arrived. */
  ask(): void;
  /** Nothing arrived in the next interval either. */
  onSilent(): void;
}

export function startHeartbeat({ clock, intervalMs, ask, onSilent }: HeartbeatOptions): Heartbeat {
  let hasHeard = false;
  let hasAsked = false;
  let timer = clock.setTimeout(tick, intervalMs);

  function tick(): void {
    if (hasAsked && !hasHeard) return onSilent();
    hasAsked = !hasHeard;
    hasHeard = false;
    timer = clock.setTimeout(tick, intervalMs);
    if (hasAsked) ask();
  }

  return {
    heard() {
      hasHeard = true;
    },
    stop: () => clock.clearTimeout(timer),
  };
}
