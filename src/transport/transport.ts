/** The port every radio implements: it carries packets between devices and decides nothing. */
import type { Observable } from 'rxjs';
import type { RadioState } from '../protocol/codes.js';

/** What a device lets others see of it. */
export interface Presence {
  readonly deviceId: string;
  readonly deviceName: string;
  /** Equal on devices that share an account. A secret that never travels, see account.ts: no log, list or error shows it. */
  readonly accountTag: string;
}

/**
 * A device in range, as the radio sees it now. One of another account says nothing of itself: its `accountTag` and `deviceName` are '',
 * and its `deviceId` is what the radio calls it, good for nothing but telling it from others.
 */
export interface Sighting extends Presence {
  /** Smoothed signal strength in dBm, where the radio knows it. */
  readonly rssi?: number;
  /** When it was last heard, as the transport's clock has it; where the radio knows it. */
  readonly lastSeenMs?: number;
  /** It asks this device to dial it, because it cannot dial itself. */
  readonly wantsLink?: boolean;
}

/** Why a link could not be opened. */
export type DialFailure =
  | 'radio-off'
  | 'peer-radio-off'
  | 'not-in-range'
  | 'busy'
  | 'aborted'
  | 'closed'
  /** It took too long: the device was in range and fell silent, or was asked to dial and did not. No transport says so, see open-link.ts. */
  | 'unanswered';

/** Why a link ended. */
export type LinkEnd =
  /** This side closed it. */
  | 'closed-here'
  /** The other side closed it. */
  | 'closed-there'
  /** The radio lost the other device. */
  | 'lost'
  /** The radio here was switched off or went away. */
  | 'radio-off'
  /** The other side said that its radio is switched off. Source: Core Specification 5.3, volume 1, part F, section 2.20 (0x15). */
  | 'peer-radio-off'
  /** Nothing was heard, or acknowledged, for too long. */
  | 'silent'
  /** The other side broke the segment, record or frame rules. */
  | 'protocol-violation'
  /** The handshake did not open: no account in common. */
  | 'wrong-account'
  /** The device id is known with another key. */
  | 'key-changed'
  /** A sealed record did not open: altered, replayed or forged. */
  | 'record-not-authentic'
  /** The other side speaks no version in common. */
  | 'no-common-version'
  /** The handshake took too long. */
  | 'handshake-timeout'
  /** Another link to the same device was kept instead. */
  | 'duplicate'
  /** The keys have sealed all they may. */
  | 'key-exhausted';

/** `dial` rejects with this, and with nothing else. */
export class DialError extends Error {
  override readonly name = 'DialError';
  readonly failure: DialFailure;

  constructor(failure: DialFailure, detail: string, options?: ErrorOptions) {
    super(detail, options);
    this.failure = failure;
  }
}

/**
 * One connection to one device. Packets may vanish and, on some transports, overtake each other; a packet that arrives is whole.
 * Streams are hot: `packets$` keeps what arrives before its first subscriber and completes when the link ends.
 */
export interface Link {
  /** True on the side that called `dial`. */
  readonly isDialler: boolean;
  /** The largest packet `write` takes, in bytes: at least 20 (ATT_MTU 23 less 3). */
  readonly packetBytes: number;
  readonly packets$: Observable<Uint8Array>;
  /**
   * Hands one packet to the radio. False: not taken, because the radio has enough to do or the link has ended; try again when
   * `writable$` emits. The link may keep the bytes: the caller does not change them afterwards. Throws RangeError beyond `packetBytes`.
   */
  write(packet: Uint8Array): boolean;
  /** Emits when `write` will take packets again after it refused one. */
  readonly writable$: Observable<void>;
  /** Emits once, also to late subscribers, why the link ended; then completes. */
  readonly ended$: Observable<LinkEnd>;
  /** Ends the link on both sides; the first call counts. The other side sees 'closed-there'. */
  close(end?: LinkEnd): void;
  /** Where both ends live in one process and trust it: records pass by reference, see hand-over.ts. */
  readonly handOver?: HandOverPort;
}

/** The far end of a link in the same process. */
export interface HandOverPort {
  /** Gives a value to the other end, in a later turn, in order. */
  post(value: unknown): void;
  readonly values$: Observable<unknown>;
}

/** A radio, or something that stands for one. */
export interface Transport {
  /** Replays the present state, then every change. */
  readonly radio$: Observable<RadioState>;
  /** Replays the devices in range, then the whole list again whenever it changes. */
  readonly sightings$: Observable<readonly Sighting[]>;
  /** Links that other devices opened. */
  readonly incoming$: Observable<Link>;
  /** Lets other devices see this one; a second call replaces the first. */
  announce(presence: Presence): void;
  /** Opens a link. Rejects with DialError; `signal` ends the attempt with 'aborted'. */
  dial(deviceId: string, options: { readonly signal: AbortSignal }): Promise<Link>;
  /** Whether a `dial` under way can only wait for the other side to dial: its link comes by `incoming$`. Left out: never. */
  isAsking?(deviceId: string): boolean;
  /** Whether only one link can be open at a time, as at a peripheral: one that nobody uses is then in the way of others. Left out: no. */
  readonly holdsOneLink?: boolean;
  /** Ends every link and stream; resolves when nothing is left running. */
  close(): Promise<void>;
}
