/** What a peer holds once a link is open and both ends know each other: frames out, frames in, in order, or the link ends. */
import type { Observable } from 'rxjs';
import type { Frame } from '../protocol/frame.js';
import type { LinkEnd } from './transport.js';

/** Who is at the other end; authenticated by the handshake. */
export interface RemoteDevice {
  readonly deviceId: string;
  readonly deviceName: string;
  /** New on every start of the other broker: sessions from an earlier epoch are gone there. */
  readonly epoch: string;
}

export interface FrameLink {
  readonly remote: RemoteDevice;
  readonly isDialler: boolean;
  /** Largest piece of data for one frame on this link, in bytes. */
  readonly chunkBytes: number;
  /**
   * Batches of frames, in order. Hot; keeps what arrives before its first subscriber and completes when the link ends. Errors never:
   * a broken rule ends the link with its reason.
   */
  readonly frames$: Observable<readonly Frame[]>;
  /** Whether more payload is welcome now; control frames may always be written. */
  isWritable(): boolean;
  /** Emits when `isWritable` turns true again. */
  readonly writable$: Observable<void>;
  /** Sends frames in order, as one record where they fit. After the end of the link it does nothing. */
  write(frames: readonly Frame[]): void;
  /** Asks the other side for a sign of life now, so that a dead link ends 'silent' soon. */
  probe(): void;
  readonly ended$: Observable<LinkEnd>;
  close(end?: LinkEnd): void;
}
