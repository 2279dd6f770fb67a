/** Notices when the radio process has stopped answering. */
import type { Clock } from '../../clock.js';
import type { RadioOptions } from '../radio-options.js';

export interface Life {
  /** Something came from the process. */
  noteSign(): void;
  close(): void;
}

/** How often it is asked. */
const BEAT_MS = 2_000;
/** Silence that ends it. Where nothing blocks, noble holds its process up for 30 ms at most (ble.md 6.1, user channel): the rest is for a busy machine. */
const SILENCE_MS = 10_000;
/** Raw channel: connecting to a device that has gone blocks the process for 40.7 s. Source: ble.md 6.1. */
const RAW_SILENCE_MS = 60_000;
/** Until its first word it loads two packages, perhaps from a slow card. */
const START_SILENCE_MS = 30_000;

/** `onSilent` is called once, and nothing after it. A broker that was busy itself counts that as one beat: it may not have read the answers. */
export function watchLife(
  radio: RadioOptions,
  clock: Clock,
  { ask, onSilent }: { readonly ask: () => void; readonly onSilent: (silentMs: number) => void },
): Life {
  const isRaw = radio.channel === 'raw' && [radio.central, radio.peripheral].some((half) => half?.type === 'hci');
  const limitMs = isRaw ? RAW_SILENCE_MS : SILENCE_MS;
  let hasStarted = false;
  let silentMs = 0;
  let timer = clock.setTimeout(beat, BEAT_MS);

  function beat(): void {
    silentMs += BEAT_MS;
    if (silentMs > (hasStarted ? limitMs : Math.max(limitMs, START_SILENCE_MS))) {
      onSilent(silentMs);
      return;
    }
    ask();
    timer = clock.setTimeout(beat, BEAT_MS);
  }

  return {
    noteSign() {
      hasStarted = true;
      silentMs = 0;
    },
    close: () => clock.clearTimeout(timer),
  };
}
