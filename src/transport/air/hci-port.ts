/** The wire between a Bluetooth host and its controller: H4 packets, whoever is at either end. */

/** What a controller gives its packets to. */
export interface HciHost {
  /** One H4 packet from the controller: an event or ACL data. The bytes are the host's to keep. */
  receive(packet: Uint8Array): void;
  /** A command that another host of the same adapter sent, as Linux shows it to raw sockets. */
  sawCommand?(packet: Uint8Array): void;
  /** The adapter was switched on or off, or pulled ('gone': nothing follows, and the port is closed). */
  powerChanged?(power: AdapterPower): void;
}

export type AdapterPower = 'on' | 'off' | 'gone';

/** A host's place at an adapter. */
export interface HciPort {
  /** One H4 packet to the controller: a command or ACL data. Ignored while the adapter is off. */
  write(packet: Uint8Array): void;
  /** Leaves the adapter as it is; nothing is received any more. */
  close(): void;
}
