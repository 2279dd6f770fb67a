/** The narrow port between Tandem and whatever package drives a Bluetooth LE radio: another package is an adapter away. */
import type { Observable } from 'rxjs';
import type { RadioState } from '../../protocol/codes.js';
import type { Link } from '../transport.js';

/** A Tandem device that was heard advertising. */
export interface Heard {
  /** As the package names the device; good for `connect` and `visit` only. */
  readonly address: string;
  /** Of this one advertisement, in dBm. */
  readonly rssi: number;
  /** HINT_BYTES: see hint.ts. */
  readonly hint: Uint8Array;
}

/** What a peripheral shows: to everyone the hint, to who connects the card. */
export interface Advertisement {
  /** HINT_BYTES: see hint.ts. */
  readonly hint: Uint8Array;
  /** Sealed identity, at most MAX_CARD_BYTES: see identity-card.ts. */
  readonly card: Uint8Array;
}

/** One radio, or two as one: a central half, a peripheral half, or both. A half that is missing is silent and refuses its calls. */
export interface BleRadio {
  readonly hasCentral: boolean;
  readonly hasPeripheral: boolean;
  /** Replays the present state, then every change; 'resetting' while it is started again. With two halves: the better of both. */
  readonly state$: Observable<RadioState>;
  /** Advertisements of Tandem devices, one by one, as they are heard. Scanning goes on whenever the radio is on. */
  readonly heard$: Observable<Heard>;
  /** Links that centrals opened: from their subscription to the characteristic that notifies. */
  readonly incoming$: Observable<Link>;
  /** Cards that visiting centrals left, unread: at most MAX_CARD_BYTES each. */
  readonly cards$: Observable<Uint8Array>;
  /** Lets others hear this device; a later call replaces the first. Goes on by itself after links and radio come back. */
  advertise(advertisement: Advertisement): void;
  /** Opens a link to what was heard. One at a time: visits wait for links, and so does who could not be reached. Rejects with DialError. */
  connect(address: string, options: { readonly signal: AbortSignal }): Promise<Link>;
  /** Connects for a moment: reads the card of the device and leaves one's own. Rejects with DialError. */
  visit(address: string, card: Uint8Array, options: { readonly signal: AbortSignal }): Promise<Uint8Array>;
  /** Ends every link and stream; resolves when nothing is left running. */
  close(): Promise<void>;
}
