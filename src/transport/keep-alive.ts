/** Notices that the other side of a link is gone although nothing says so. */
import { KEEP_ALIVE_MS, LINK_SILENCE_MS, PROBE_TIMEOUT_MS } from '../protocol/limits.js';
import type { Clock } from './clock.js';

export interface KeepAlive {
  /** The other side was heard just now. */
  heard(): void;
  /** Asks now; silence is shorter than usual until something is heard. */
  probe(): void;
  stop(): void;
}

export interface KeepAliveOptions {
  readonly clock: Clock;
  /** Asks the other side for a sign of life. */
  readonly ask: () => void;
  /** Called once; no `stop` is needed then. */
  readonly onSilent: () => void;
}

export function createKeepAlive(options: KeepAliveOptions): KeepAlive {
  const state: State = { ...options, heardMs: options.clock.now(), probeEndsMs: undefined, timer: undefined };
  setTimer(state, KEEP_ALIVE_MS);
  return {
    heard: () => {
      state.heardMs = state.clock.now();
      state.probeEndsMs = undefined;
    },
    probe: () => {
      state.probeEndsMs ??= state.clock.now() + PROBE_TIMEOUT_MS;
      state.ask();
      setTimer(state, state.probeEndsMs - state.clock.now());
    },
    stop: () => state.clock.clearTimeout(state.timer),
  };
}

interface State extends KeepAliveOptions {
  heardMs: number;
  /** When a probe without an answer means silence; undefined without a probe. */
  probeEndsMs: number | undefined;
  timer: unknown;
}

/** One timer for all: it looks at what was heard meanwhile, so that hearing costs nothing. */
function setTimer(state: State, delayMs: number): void {
  state.clock.clearTimeout(state.timer);
  state.timer = state.clock.setTimeout(() => look(state), delayMs);
}

function look(state: State): void {
  const nowMs = state.clock.now();
  const silentMs = Math.min(state.heardMs + LINK_SILENCE_MS, state.probeEndsMs ?? Number.POSITIVE_INFINITY);
  if (nowMs >= silentMs) {
    state.onSilent();
    return;
  }
  const askMs = state.heardMs + KEEP_ALIVE_MS;
  if (nowMs >= askMs) state.ask();
  const nextAskMs = nowMs >= askMs ? nowMs + KEEP_ALIVE_MS : askMs;
  setTimer(state, Math.min(nextAskMs, silentMs) - nowMs);
}
