/** The devices that this one would like to be dialled by: a hint has room for one, so they take turns. */
import { WANT_TURN_MS } from '../../../protocol/limits.js';
import type { Clock } from '../../clock.js';

export interface Wants {
  /** Returns what takes the wish back. */
  add(deviceId: string): () => void;
  has(deviceId: string): boolean;
  close(): void;
}

export interface WantsOptions {
  readonly clock: Clock;
  /** Whose turn it is now; undefined: nobody's. */
  readonly onTurn: (deviceId: string | undefined) => void;
}

export function createWants({ clock, onTurn }: WantsOptions): Wants {
  /** The first one has its turn. */
  let queue: readonly { readonly deviceId: string }[] = [];
  let timer: unknown;

  function setQueue(next: typeof queue): void {
    const isSameTurn = next[0] === queue[0];
    queue = next;
    if (isSameTurn && timer !== undefined) return;
    clock.clearTimeout(timer);
    timer = queue.length > 1 ? clock.setTimeout(takeTurns, WANT_TURN_MS) : undefined;
    if (!isSameTurn) onTurn(queue[0]?.deviceId);
  }

  function takeTurns(): void {
    timer = undefined;
    setQueue([...queue.slice(1), ...queue.slice(0, 1)]);
  }

  return {
    add(deviceId) {
      const want = { deviceId };
      setQueue([...queue, want]);
      return () => setQueue(queue.filter((each) => each !== want));
    },
    has: (wanted) => queue.some(({ deviceId }) => deviceId === wanted),
    close() {
      queue = [];
      clock.clearTimeout(timer);
    },
  };
}
