/** One connection of a central to this peripheral: a visit, or a link once it has subscribed. What a stranger may do meanwhile is bounded here. */
import { MAX_CARDS_PER_CONNECTION, MAX_STRAY_PACKETS, SUBSCRIBE_TIMEOUT_MS } from '../../../protocol/limits.js';
import type { Clock } from '../../clock.js';
import type { Link, LinkEnd } from '../../transport.js';
import { type BleLink, createBleLink } from '../ble-link.js';
import { MAX_MTU, packetBytesFor } from '../gatt.js';
import type { GattClient } from './gatt-server.js';

export interface PeripheralConnectionOptions {
  readonly clock: Clock;
  /** See BleLinkOptions. */
  readonly share: () => number;
  readonly buffersFor: (bytes: number) => number;
  /** What the central may read. */
  readonly card: () => Uint8Array;
  readonly onLink: (link: Link) => void;
  readonly onCard: (card: Uint8Array) => void;
  /** Ends the connection; called once at most. `why`: what the central did wrong. */
  readonly disconnect: (why?: string) => void;
}

export interface PeripheralConnection extends GattClient {
  completed(count: number): void;
  /** Both sides agreed on another MTU. */
  mtuChanged(mtu: number): void;
  /** The connection is over. */
  ended(end: LinkEnd): void;
  /** Ends the connection; packets that were taken still leave. */
  close(): void;
  /** Ends connection and link at once: the central broke a rule. */
  breakOff(why: string): void;
}

/** Opcode and handle before the value of a write. Source: Core Specification, volume 3, part F, section 3.4.5. */
const WRITE_HEADER_BYTES = 3;

/** A second subscription changes nothing while there is a link, and after it: one connection is one link. */
export function createPeripheralConnection(options: PeripheralConnectionOptions): PeripheralConnection {
  const state: State = {
    options,
    link: undefined,
    card: undefined,
    strayPackets: 0,
    cards: 0,
    isLeaving: false,
    timer: options.clock.setTimeout(() => leave(state, 'it did not subscribe'), SUBSCRIBE_TIMEOUT_MS),
  };
  return {
    subscribed: (maxBytes, notify) => subscribed(state, maxBytes, notify),
    unsubscribed: () => {
      state.link?.end('closed-there');
      leave(state);
    },
    wrote: (packet) => wrote(state, packet),
    readCard: (offset) => readCard(state, offset),
    leftCard: (card) => leftCard(state, card),
    completed: (count) => state.link?.completed(count),
    mtuChanged(mtu) {
      const isTooSmall = state.link !== undefined && packetBytesFor(mtu) < state.link.link.packetBytes;
      if (isTooSmall) breakOff(state, 'it took back the MTU it had agreed to');
    },
    ended(end) {
      state.isLeaving = true;
      options.clock.clearTimeout(state.timer);
      state.link?.end(end);
    },
    close() {
      if (state.link === undefined) leave(state);
      else state.link.link.close();
    },
    breakOff: (why) => breakOff(state, why),
  };
}

interface State {
  readonly options: PeripheralConnectionOptions;
  link: BleLink | undefined;
  /** Ours, as it was when the central began to read it. */
  card: Buffer | undefined;
  strayPackets: number;
  cards: number;
  /** The connection is over, or was asked to be. */
  isLeaving: boolean;
  readonly timer: unknown;
}

/** `notify` of bleno mutes bleno for good when it is called after the connection: the link does not send once it has ended. Source: ble.md 6.2. */
function subscribed(state: State, maxBytes: number, notify: (packet: Buffer) => void): void {
  if (state.isLeaving || state.link !== undefined) return;
  const { clock, share, buffersFor, onLink } = state.options;
  clock.clearTimeout(state.timer);
  state.link = createBleLink({
    isDialler: false,
    packetBytes: packetBytesFor(maxBytes + WRITE_HEADER_BYTES),
    clock,
    share,
    buffersFor,
    send: (packet) => {
      if (!state.isLeaving) notify(packet);
    },
    disconnect: () => leave(state),
  });
  onLink(state.link.link);
}

function wrote(state: State, packet: Buffer): void {
  if (state.isLeaving) return;
  if (packet.length > MAX_MTU - WRITE_HEADER_BYTES) return breakOff(state, 'its packet is longer than any MTU allows');
  if (state.link !== undefined) return state.link.receive(packet);
  state.strayPackets += 1;
  if (state.strayPackets > MAX_STRAY_PACKETS) leave(state, 'it wrote without a subscription');
}

/** Parts of one card, even when the advertisement changes between them. */
function readCard(state: State, offset: number): Buffer | undefined {
  if (offset === 0 || state.card === undefined) state.card = Buffer.from(state.options.card());
  return offset > state.card.length ? undefined : state.card.subarray(offset);
}

function leftCard(state: State, card: Buffer): boolean {
  if (state.isLeaving || state.cards >= MAX_CARDS_PER_CONNECTION) return false;
  state.cards += 1;
  state.options.onCard(card);
  return true;
}

function breakOff(state: State, why: string): void {
  state.link?.end('protocol-violation');
  leave(state, why);
}

function leave(state: State, why?: string): void {
  if (state.isLeaving) return;
  state.isLeaving = true;
  state.options.clock.clearTimeout(state.timer);
  state.options.disconnect(why);
}
