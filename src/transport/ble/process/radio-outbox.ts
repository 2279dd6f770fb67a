/** Gathers what one process has to say to the other, so that a turn costs one message. */
import type { PacketsMessage } from './radio-messages.js';

export interface Outbox<Message> {
  /** Leaves at the end of this turn. False: dropped, because `limit` of its type wait already. */
  put(message: Message, limit?: number): boolean;
  /** Joins the packets of the link that wait already. False: dropped, because `limit` of them wait. */
  putPacket(link: number, packet: Uint8Array, limit?: number): boolean;
  /** The other side has read a batch. */
  confirm(): void;
}

/** While `unreadLimit` batches have not been confirmed, everything waits, and grows into one batch. */
export function createOutbox<Message extends { readonly type: string }>(
  send: (batch: readonly (Message | PacketsMessage)[]) => void,
  unreadLimit = Number.POSITIVE_INFINITY,
): Outbox<Message> {
  const state: State<Message> = {
    send,
    unreadLimit,
    unread: 0,
    isDue: false,
    waiting: [],
    counts: new Map(),
    packets: new Map(),
  };
  return {
    put: (message, limit = Number.POSITIVE_INFINITY) => put(state, message, limit),
    putPacket: (link, packet, limit = Number.POSITIVE_INFINITY) => putPacket(state, link, packet, limit),
    confirm() {
      state.unread -= 1;
      flush(state);
    },
  };
}

interface State<Message> {
  readonly send: (batch: readonly (Message | PacketsMessage)[]) => void;
  readonly unreadLimit: number;
  unread: number;
  isDue: boolean;
  waiting: (Message | PacketsMessage)[];
  /** Of the messages that wait, by type. */
  readonly counts: Map<string, number>;
  /** Of the messages that wait, by link. */
  readonly packets: Map<number, Uint8Array[]>;
}

function put<Message extends { readonly type: string }>(
  state: State<Message>,
  message: Message,
  limit: number,
): boolean {
  const count = state.counts.get(message.type) ?? 0;
  if (count >= limit) return false;
  state.counts.set(message.type, count + 1);
  add(state, message);
  return true;
}

function putPacket<Message>(state: State<Message>, link: number, packet: Uint8Array, limit: number): boolean {
  const packets = state.packets.get(link);
  if (packets === undefined) {
    const first = [packet];
    state.packets.set(link, first);
    add(state, { type: 'packets', link, packets: first });
    return true;
  }
  if (packets.length >= limit) return false;
  packets.push(packet);
  return true;
}

/** Sockets are read before immediates run: what one look at them brings leaves together. */
function add<Message>(state: State<Message>, message: Message | PacketsMessage): void {
  state.waiting.push(message);
  if (state.isDue) return;
  state.isDue = true;
  setImmediate(() => {
    state.isDue = false;
    flush(state);
  });
}

function flush<Message>(state: State<Message>): void {
  if (state.waiting.length === 0 || state.unread >= state.unreadLimit) return;
  const batch = state.waiting;
  state.waiting = [];
  state.counts.clear();
  state.packets.clear();
  state.unread += 1;
  state.send(batch);
}
