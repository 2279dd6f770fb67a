/** How the halves of a radio find their controllers. Plain data: it travels to the radio process as it is. */

/** Where one half finds its Bluetooth controller. */
export type AdapterChoice =
  /** An adapter of this machine: hci0 is 0; the first one if left out. */
  | { readonly type: 'hci'; readonly adapter?: number }
  /** A controller behind a Unix socket that speaks H4: `tandem air`, or btvirt. */
  | {
      readonly type: 'h4';
      readonly path: string;
      /** The same controller again after a restart. Servers other than `tandem air` know no names: leave it out there. */
      readonly name?: string;
    };

/** How Linux gives a program its adapter; the other kinds of adapters know no difference. */
export type HciChannel =
  /** The adapter for this program alone, nothing blocks: recommended. Needs CAP_NET_ADMIN and an adapter that is down. */
  | 'user'
  /** Shared with the kernel: connecting blocks the process, for 40 s when the peer is gone. Needs CAP_NET_RAW. */
  | 'raw';

export interface RadioOptions {
  /** noble drives it. Left out: no central half. */
  readonly central?: AdapterChoice;
  /** bleno drives it. Left out: no peripheral half. The same as `central`: one adapter for both, which is the degraded mode of docs/radio.md. */
  readonly peripheral?: AdapterChoice;
  /** Default: 'user'. */
  readonly channel?: HciChannel;
}
