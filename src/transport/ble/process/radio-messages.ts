/**
 * What the broker's process and the radio's process say to each other: arrays of these, one for all that a turn brought. Both ends are one
 * version of one program and the pipe is theirs alone, so nothing is checked on arrival. Links and requests are numbered; a number
 * means something only between the two processes that began with one 'start'.
 */
import type { RadioState } from '../../../protocol/codes.js';
import type { DialFailure, LinkEnd } from '../../transport.js';
import type { Advertisement, Heard } from '../radio.js';
import type { RadioOptions } from '../radio-options.js';

/** To the radio process. */
export type ToRadio =
  /** The first word. */
  | { readonly type: 'start'; readonly options: RadioOptions }
  /** Asks for a sign of life. */
  | { readonly type: 'ping' }
  /** One batch from the radio has been read: room for another. */
  | { readonly type: 'read' }
  /** End links and radio in order, then the process. */
  | { readonly type: 'close' }
  | RadioOrder;

/** What the radio itself is to do. */
export type RadioOrder =
  | { readonly type: 'advertise'; readonly advertisement: Advertisement }
  | { readonly type: 'connect'; readonly request: number; readonly address: string }
  | { readonly type: 'visit'; readonly request: number; readonly address: string; readonly card: Uint8Array }
  | { readonly type: 'abort'; readonly request: number }
  /** Closes a link behind the packets that were written to it. */
  | { readonly type: 'end'; readonly link: number; readonly end: LinkEnd }
  | PacketsMessage;

/** Packets of one link, in order. To the radio never more than it gave room for; from the radio some may have been dropped. */
export interface PacketsMessage {
  readonly type: 'packets';
  readonly link: number;
  readonly packets: readonly Uint8Array[];
}

/** From the radio process. */
export type FromRadio =
  | { readonly type: 'pong' }
  | { readonly type: 'log'; readonly line: string }
  /** There is no radio to drive, and starting again soon would not help; the process ends. */
  | { readonly type: 'unable'; readonly state: UnableState; readonly reason: string }
  /** The process cannot go on and ends. */
  | { readonly type: 'fatal'; readonly reason: string }
  | RadioNews;

/** Why a radio cannot be driven: there is none, or this program may not. */
export type UnableState = Extract<RadioState, 'unsupported' | 'unauthorized'>;

/** What the radio itself tells. */
export type RadioNews =
  | { readonly type: 'state'; readonly state: RadioState }
  | { readonly type: 'heard'; readonly heard: Heard }
  | { readonly type: 'card'; readonly card: Uint8Array }
  | { readonly type: 'incoming'; readonly link: LinkFacts }
  | { readonly type: 'connected'; readonly request: number; readonly link: LinkFacts }
  | { readonly type: 'visited'; readonly request: number; readonly card: Uint8Array }
  | { readonly type: 'refused'; readonly request: number; readonly failure: DialFailure; readonly detail: string }
  /** The link took so many packets: as many more may be written. */
  | { readonly type: 'room'; readonly link: number; readonly packets: number }
  /** Behind every packet of the link. */
  | { readonly type: 'ended'; readonly link: number; readonly end: LinkEnd }
  | PacketsMessage;

/** A link as the other process knows it. */
export interface LinkFacts {
  readonly number: number;
  readonly isDialler: boolean;
  readonly packetBytes: number;
}

/**
 * Packets that may be written to a link before it took the first of them. Enough while word of room comes back (2 Mb/s: less than one packet
 * a millisecond), and few, because a text waits behind them.
 */
export const LINK_ROOM = 8;
