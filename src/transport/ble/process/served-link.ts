/** One link in the radio process, driven by the broker's process. */
import type { Clock } from '../../clock.js';
import type { Link, LinkEnd } from '../../transport.js';
import type { FromRadio } from './radio-messages.js';
import type { Outbox } from './radio-outbox.js';

/** The radio's half of a link whose user is in the other process. */
export interface ServedLink {
  /** Packets within the room that was given. */
  write(packets: readonly Uint8Array[]): void;
  /** Closes the link once it took what was written, or CLOSE_LINGER_MS later. */
  end(end: LinkEnd): void;
}

/** Packets of a link that wait while the broker is busy; further ones are dropped, and the segment layer of the sender sends them again. As many as a link keeps unread. */
const MAX_WAITING_PACKETS = 168;
/** As long as a link takes to let its last packets leave: see ble-link.ts. */
const CLOSE_LINGER_MS = 500;

/** `onEnded` is called once, when nothing more will be said of the link. */
export function serveLink(
  link: Link,
  number: number,
  outbox: Outbox<FromRadio>,
  { clock, onEnded }: { readonly clock: Clock; readonly onEnded: () => void },
): ServedLink {
  const state: State = { link, number, outbox, waiting: [], end: undefined, timer: undefined };
  link.packets$.subscribe((packet) => {
    // Plain bytes: a Buffer would arrive as one, whose slice() shares memory.
    const bytes = new Uint8Array(packet.buffer, packet.byteOffset, packet.byteLength);
    outbox.putPacket(number, bytes, MAX_WAITING_PACKETS);
  });
  link.writable$.subscribe(() => write(state));
  link.ended$.subscribe((end) => {
    clock.clearTimeout(state.timer);
    state.waiting = [];
    outbox.put({ type: 'ended', link: number, end });
    onEnded();
  });
  return {
    write(packets) {
      state.waiting.push(...packets);
      write(state);
    },
    end(end) {
      state.end = end;
      state.timer = clock.setTimeout(() => link.close(end), CLOSE_LINGER_MS);
      write(state);
    },
  };
}

interface State {
  readonly link: Link;
  readonly number: number;
  readonly outbox: Outbox<FromRadio>;
  waiting: Uint8Array[];
  /** The broker closed it. */
  end: LinkEnd | undefined;
  timer: unknown;
}

/** Writes what the link takes, and gives as much room. */
function write(state: State): void {
  const { link, number, outbox, waiting } = state;
  let taken = 0;
  for (const packet of waiting) {
    if (!link.write(packet)) break;
    taken += 1;
  }
  if (taken > 0) {
    state.waiting = waiting.slice(taken);
    outbox.put({ type: 'room', link: number, packets: taken });
  }
  if (state.end !== undefined && state.waiting.length === 0) link.close(state.end);
}
